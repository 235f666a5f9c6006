# ruff: noqa: PLR0915 - a step is as long as what it changes
"""${message.rstrip(".")}.

Revision ${up_revision}${" after " + down_revision if down_revision else ", the first"}.
"""

import sqlalchemy as sa
from alembic import op
% if not down_revision:

from candor.storage.migrations import QUEUE_SCHEMA, queue_schema_statements
% endif
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"
"""A step that can't get its lock fails and is tried again later; it never stops the product."""


def upgrade() -> None:
    op.execute(LOCK_TIMEOUT)
    ${upgrades if upgrades else "pass"}
% if not down_revision:
    op.get_bind().exec_driver_sql(queue_schema_statements().replace("%", "%%"))
% endif


def downgrade() -> None:
    op.execute(LOCK_TIMEOUT)
% if not down_revision:
    op.execute(f"DROP SCHEMA {QUEUE_SCHEMA} CASCADE")
% endif
    ${downgrades if downgrades else "pass"}
