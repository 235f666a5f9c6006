// The clock of live pages; see live.js.
setInterval(() => postMessage(0), 1000);
