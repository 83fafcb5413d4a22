// The peer of the echo on Node.js, with the package `ws`. It does the same work as todoapp: one line on the
// console and one answer for each message.
const http = require("node:http");
const { WebSocketServer } = require("ws");

const server = http.createServer((_, response) => response.end("ok\n"));
const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (message) => {
    console.log(`[SERVER LOG] Message received: ${message}`);
    socket.send(`This is the message received by the server: ${message}`);
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
