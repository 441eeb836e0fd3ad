package dev.asyncloop.websocket;

import dev.asyncloop.http.Headers;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server's half of a handshake (RFC 6455, section 4.2): what a request asks for, and the answer to that. Immutable; any
 * thread. For web frameworks, see {@link WebSockets#accept}.
 */
public final class ServerHandshake {

    /** The one version there is. */
    public static final String VERSION = "13";

    private static final int BAD_REQUEST = 400;

    private static final int UPGRADE_REQUIRED = 426;

    private static final int KEY_LENGTH = 16;

    private final URI uri;

    private final Headers headers;

    private final String key;

    private final List<String> subprotocols;

    private ServerHandshake(URI uri, Headers headers, String key) {
        this.uri = uri;
        this.headers = headers;
        this.key = key;
        this.subprotocols = Tokens.of(headers, "Sec-WebSocket-Protocol").toList();
    }

    /**
     * Returns whether a request wants to be upgraded to a WebSocket, be it in the right way or not.
     * @param headers those of the request
     */
    public static boolean isWanted(Headers headers) {
        return Tokens.of(headers, "Upgrade").anyMatch("websocket"::equalsIgnoreCase);
    }

    /**
     * Reads a {@code GET}.
     * @param uri what was asked for
     * @param headers those of the request
     * @throws UpgradeRefusedException if it is no handshake as RFC 6455 wants it
     */
    public static ServerHandshake of(URI uri, Headers headers) {
        if (!isWanted(headers)) {
            throw new UpgradeRefusedException(BAD_REQUEST, "Can \"Upgrade\" only to \"WebSocket\".");
        }
        if (Tokens.of(headers, "Connection").noneMatch("upgrade"::equalsIgnoreCase)) {
            throw new UpgradeRefusedException(BAD_REQUEST, "\"Connection\" must be \"Upgrade\".");
        }
        if (!List.of(VERSION).equals(headers.all("Sec-WebSocket-Version"))) {
            throw new UpgradeRefusedException(
                    UPGRADE_REQUIRED,
                    "\"Sec-WebSocket-Version\" is " + headers.first("Sec-WebSocket-Version") + " instead of "
                            + VERSION);
        }
        List<String> keys = headers.all("Sec-WebSocket-Key");
        if (keys.size() != 1 || !isKey(keys.getFirst().strip())) {
            throw new UpgradeRefusedException(
                    BAD_REQUEST, "\"Sec-WebSocket-Key\" is missing, or not the Base64 of " + KEY_LENGTH + " bytes");
        }
        if (hasBody(headers)) {
            throw new UpgradeRefusedException(BAD_REQUEST, "A handshake has no body, whose bytes would be frames");
        }
        return new ServerHandshake(uri, headers, keys.getFirst().strip());
    }

    private static boolean hasBody(Headers headers) {
        String length = headers.first("Content-Length");
        return length != null && !length.equals("0") || headers.first("Transfer-Encoding") != null;
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_LENGTH;
        } catch (IllegalArgumentException ex) {
            return false;
        }
    }

    /** Returns what was asked for. */
    public URI uri() {
        return uri;
    }

    /** Returns the headers of the request. */
    public Headers headers() {
        return headers;
    }

    /** Returns the sub-protocols that the client speaks, the most wanted first. */
    public List<String> subprotocols() {
        return subprotocols;
    }

    /** Returns what is agreed upon if this is accepted with these options. */
    Agreement accept(WebSocketOptions options) {
        String subprotocol = options.subprotocols().stream()
                .filter(subprotocols::contains)
                .findFirst()
                .orElse(null);
        DeflateAgreement deflate = DeflateAgreement.of(
                Tokens.of(headers, "Sec-WebSocket-Extensions").toList(), options.compression());
        List<Map.Entry<String, String>> answer = new ArrayList<>(List.of(
                Map.entry("Upgrade", "websocket"),
                Map.entry("Connection", "Upgrade"),
                Map.entry("Sec-WebSocket-Accept", Accept.of(key))));
        if (subprotocol != null) {
            answer.add(Map.entry("Sec-WebSocket-Protocol", subprotocol));
        }
        if (deflate != null) {
            answer.add(Map.entry("Sec-WebSocket-Extensions", deflate.answer()));
        }
        return new Agreement(
                new Handshake(false, uri, headers, subprotocol, deflation(deflate)), answer, options.headers());
    }

    private static @Nullable Deflation deflation(@Nullable DeflateAgreement agreement) {
        return agreement == null ? null : agreement.deflation();
    }

    /**
     * How a handshake ends well.
     *
     * @param answer the headers that are the answer
     * @param more those that the application adds
     */
    record Agreement(
            Handshake handshake, List<Map.Entry<String, String>> answer, List<Map.Entry<String, String>> more) {}
}
