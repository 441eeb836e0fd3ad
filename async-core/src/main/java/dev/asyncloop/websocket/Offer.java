package dev.asyncloop.websocket;

import dev.asyncloop.http.Headers;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A client's half of a handshake: what it sends, and whether the answer is one to that. */
final class Offer {

    private static final String DEFLATE = "permessage-deflate";

    private static final String FORGETFUL_SERVER = "server_no_context_takeover";

    private static final String FORGETFUL_CLIENT = "client_no_context_takeover";

    private static final String SERVER_WINDOW = "server_max_window_bits";

    private final URI uri;

    private final WebSocketOptions options;

    private final String key;

    Offer(URI uri, WebSocketOptions options) {
        this.uri = uri;
        this.options = options;
        byte[] nonce = new byte[16];
        ThreadLocalRandom.current().nextBytes(nonce); // keeps caches from answering, and is no secret
        this.key = Base64.getEncoder().encodeToString(nonce);
    }

    /** Returns the headers of the request, but for the application's own. */
    List<Map.Entry<String, String>> headers() {
        List<Map.Entry<String, String>> headers = new ArrayList<>(List.of(
                Map.entry("Upgrade", "websocket"),
                Map.entry("Connection", "Upgrade"),
                Map.entry("Sec-WebSocket-Key", key),
                Map.entry("Sec-WebSocket-Version", "13")));
        if (!options.subprotocols().isEmpty()) {
            headers.add(Map.entry("Sec-WebSocket-Protocol", String.join(", ", options.subprotocols())));
        }
        switch (options.compression()) {
            case OFF -> {}
            case ON -> headers.add(Map.entry("Sec-WebSocket-Extensions", DEFLATE));
            case WITHOUT_CONTEXT ->
                headers.add(Map.entry(
                        "Sec-WebSocket-Extensions", DEFLATE + "; " + FORGETFUL_SERVER + "; " + FORGETFUL_CLIENT));
        }
        return headers;
    }

    /**
     * Makes a handshake of the headers of an answer with status 101.
     * @throws Refusal if they are no answer to this
     */
    Handshake accept(Headers answer) throws Refusal {
        if (!"websocket".equalsIgnoreCase(answer.first("Upgrade"))) {
            throw new Refusal("`Upgrade` is " + answer.first("Upgrade") + " instead of websocket");
        }
        if (Tokens.of(answer, "Connection").noneMatch("upgrade"::equalsIgnoreCase)) {
            throw new Refusal("`Connection` is " + answer.first("Connection") + " instead of Upgrade");
        }
        String accept = answer.first("Sec-WebSocket-Accept");
        if (accept == null || !Accept.of(key).equals(accept.strip())) {
            throw new Refusal("`Sec-WebSocket-Accept` is " + accept + " instead of " + Accept.of(key)
                    + "; is something between here and the server that caches?");
        }
        String subprotocol = answer.first("Sec-WebSocket-Protocol");
        if (subprotocol != null && !options.subprotocols().contains(subprotocol.strip())) {
            throw new Refusal("the server speaks sub-protocol " + subprotocol + ", but "
                    + (options.subprotocols().isEmpty() ? "none" : String.join(", ", options.subprotocols()))
                    + " was offered; offer what it speaks with `withSubprotocols`");
        }
        return new Handshake(true, uri, answer, subprotocol != null ? subprotocol.strip() : null, deflation(answer));
    }

    private @Nullable Deflation deflation(Headers answer) throws Refusal {
        List<String> extensions = Tokens.of(answer, "Sec-WebSocket-Extensions").toList();
        if (extensions.isEmpty()) {
            return null;
        }
        String[] parts = extensions.getFirst().split(";", -1);
        if (options.compression() == Compression.OFF
                || extensions.size() > 1
                || !parts[0].strip().equalsIgnoreCase(DEFLATE)) {
            throw notOffered(String.join(", ", extensions));
        }
        Set<String> parameters = new HashSet<>();
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            String parameter = part.strip().toLowerCase(Locale.ROOT);
            String name = parameter.replaceFirst("\\s*=.*", "");
            boolean known = name.equals(SERVER_WINDOW)
                    ? parameter.matches(SERVER_WINDOW + "\\s*=\\s*\"?([89]|1[0-5])\"?")
                    : parameter.equals(FORGETFUL_SERVER) || parameter.equals(FORGETFUL_CLIENT);
            if (!known || !parameters.add(name)) {
                throw notOffered(extensions.getFirst());
            }
        }
        boolean forgetful = options.compression() == Compression.WITHOUT_CONTEXT;
        return new Deflation(forgetful || parameters.contains(FORGETFUL_CLIENT), parameters.contains(FORGETFUL_SERVER));
    }

    private static Refusal notOffered(String extensions) {
        return new Refusal("the server uses extension " + extensions + ", which was not offered");
    }

    /** The answer is none. */
    static final class Refusal extends Exception {

        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message, null, false, false);
        }
    }
}
