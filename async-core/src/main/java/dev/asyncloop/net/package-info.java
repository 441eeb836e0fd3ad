/**
 * How connections are made: names, addresses, TLS and proxies. What the HTTP client and the WebSocket client share.
 */
@NullMarked
package dev.asyncloop.net;

import org.jspecify.annotations.NullMarked;
