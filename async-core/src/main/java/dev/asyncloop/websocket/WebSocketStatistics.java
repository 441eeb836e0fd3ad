package dev.asyncloop.websocket;

/**
 * Numbers of the WebSockets of a client or a server. Each is read by itself while they go on.
 *
 * @param open how many are open
 * @param opened how many were opened so far
 * @param closed how many of them were closed
 * @param queued messages that were sent, and that the connections have not taken yet; of all that are open
 * @param longestQueue the most of them that one connection has
 * @param dropped messages that were dropped so far because an outbox was full
 */
public record WebSocketStatistics(int open, long opened, long closed, long queued, int longestQueue, long dropped) {}
