"""Education: from the client's yes to the finished task.

In here: opening a study group once per agreement (`group`), the consent and the welcome (`welcome`),
leading the lessons of script No. 2 (`lesson`), the AI study partners (`partner`) and who answers a
message in the group (`responder`). Called by the Telegram edge, the workers and the panel.

Never in here: adding people to groups (they ask to join by a personal link), grades or levels given by
AI, results of partners' own (H5, H8).
"""
