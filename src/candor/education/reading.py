"""What the panel reads of study groups: pages of groups, one group, its messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from candor.common.errors import NotFoundError
from candor.common.ids import ClientId, GroupId
from candor.education.partner import Partner
from candor.education.ports import EducationUnits, Group, GroupMessage, GroupStatus


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with the names that a person wants to see."""

    group: Group
    client_name: str
    partners: tuple[Partner, ...]


@dataclass(frozen=True, slots=True)
class GroupPage:
    items: tuple[GroupView, ...]
    total: int


class GroupReader:
    """Reads; changes nothing."""

    def __init__(self, *, units: EducationUnits) -> None:
        self._units = units

    async def page(
        self,
        *,
        status: GroupStatus | None = None,
        client_id: int | None = None,
        limit: int,
        offset: int,
    ) -> GroupPage:
        """Newest first."""
        async with self._units() as unit:
            groups, total = await unit.groups.page(
                status=status,
                client_id=ClientId(client_id) if client_id is not None else None,
                limit=limit,
                offset=offset,
            )
            names = await unit.groups.client_names([group.id for group in groups])
            partners = await unit.student_bots.of_groups([group.id for group in groups])
        items = tuple(_view(group, names, partners) for group in groups)
        return GroupPage(items, total)

    async def get(self, group_id: GroupId) -> GroupView:
        """Raises NotFoundError."""
        async with self._units() as unit:
            group = await unit.groups.get(group_id)
            if group is None:
                raise NotFoundError("There is no such group.")
            names = await unit.groups.client_names([group_id])
            partners = await unit.student_bots.of_groups([group_id])
        return _view(group, names, partners)

    async def messages(
        self, group_id: GroupId, *, limit: int, offset: int
    ) -> tuple[tuple[GroupMessage, ...], int]:
        """Newest first; raises NotFoundError."""
        async with self._units() as unit:
            if await unit.groups.get(group_id) is None:
                raise NotFoundError("There is no such group.")
            return await unit.group_messages.page(group_id, limit=limit, offset=offset)

    async def pool_level(self) -> int:
        """How many prepared groups wait for a client."""
        async with self._units() as unit:
            return await unit.groups.count_prepared()


def _view(
    group: Group,
    names: Mapping[GroupId, str],
    partners: Mapping[GroupId, tuple[Partner, ...]],
) -> GroupView:
    return GroupView(group, names.get(group.id, ""), partners.get(group.id, ()))
