"""The chat page as files: `chat.html` (a fragment), `chat.css`, `chat.js` and the modules it imports.

Whoever serves it puts the fragment into a page of its own, sets `data-api`, `data-lang` and `data-wait`
(seconds of the long poll, 0 for short polls) on the root element, and a `csrf-token` meta tag if needed.
"""

from pathlib import Path

FOLDER = Path(__file__).parent

STANDALONE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Sandbox Telegram</title>
<link rel="stylesheet" href="/sandbox/static/chat.css">
<link rel="stylesheet" href="/sandbox/static/standalone.css">
<script type="module" src="/sandbox/static/chat.js"></script>
</head>
<body>
<div class="sbx is-full" id="sandbox-chat" data-api="/control" data-wait="20"></div>
</body>
</html>
"""
"""The page around the chat when the room stands alone."""
