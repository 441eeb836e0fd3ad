package dev.asyncloop.net;

/**
 * Which versions of HTTP a client speaks.
 */
public enum HttpVersions {
    /** HTTP/1.1 alone: each request in progress has a connection of its own. The default. */
    HTTP_1_1,
    /**
     * HTTP/2 with those {@code https} servers that offer it in the TLS handshake (ALPN), HTTP/1.1 with all others. All
     * requests to an origin share a connection, up to what the server allows.
     */
    HTTP_2,
    /**
     * HTTP/2 without a choice: with {@code https} servers that do not offer it connections fail; with {@code http} servers
     * it is spoken from the first byte on (h2c with prior knowledge), whether they know it or not.
     */
    HTTP_2_ONLY
}
