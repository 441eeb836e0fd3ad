package dev.asyncloop.websocket;

import dev.asyncloop.http.Headers;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed upon before the first frame.
 *
 * @param client whether this side is the client, which masks what it sends
 * @param headers those of the peer
 */
record Handshake(
        boolean client,
        URI uri,
        Headers headers,
        @Nullable String subprotocol,
        @Nullable Deflation deflation) {}
