package dev.asyncloop.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.http.Headers;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server's answer to a request for a WebSocket, without a connection. */
class ServerHandshakeTest {

    private static final URI HERE = URI.create("ws://localhost/chat");

    /** A good one, but for these headers: a value of "-" stands for none. */
    private static Headers request(String... replaced) {
        List<Map.Entry<String, String>> all = new ArrayList<>(List.of(
                Map.entry("Host", "localhost"),
                Map.entry("Upgrade", "websocket"),
                Map.entry("Connection", "keep-alive, Upgrade"),
                Map.entry("Sec-WebSocket-Version", "13"),
                Map.entry("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")));
        for (String header : replaced) {
            String[] parts = header.split(": ", 2);
            all.removeIf(entry -> entry.getKey().equalsIgnoreCase(parts[0]));
            if (!parts[1].equals("-")) {
                all.add(Map.entry(parts[0], parts[1]));
            }
        }
        return Headers.of(all);
    }

    private static @Nullable String answer(Headers request, WebSocketOptions options, String header) {
        return ServerHandshake.of(HERE, request).accept(options).answer().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(header))
                .map(Map.Entry::getValue)
                .collect(Collectors.joining("|"))
                .transform(values -> values.isEmpty() ? null : values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Upgrade: -                     | 400 | Can \"Upgrade\" only to \"WebSocket\".",
                "Upgrade: h2c                   | 400 | Can \"Upgrade\" only to \"WebSocket\".",
                "Connection: -                  | 400 | \"Connection\" must be \"Upgrade\".",
                "Connection: close              | 400 | \"Connection\" must be \"Upgrade\".",
                "Sec-WebSocket-Version: -       | 426 | instead of 13",
                "Sec-WebSocket-Version: 12      | 426 | 12 instead of 13",
                "Sec-WebSocket-Version: 8       | 426 | 8 instead of 13",
                "Sec-WebSocket-Key: -           | 400 | Sec-WebSocket-Key",
                "Sec-WebSocket-Key: short       | 400 | Sec-WebSocket-Key",
                "Sec-WebSocket-Key: AAAA        | 400 | Sec-WebSocket-Key",
                "Sec-WebSocket-Key: %%%%        | 400 | Sec-WebSocket-Key",
            })
    void whatIsNoHandshakeIsRefusedWithItsStatus(String replaced, int status, String reason) {
        assertThatExceptionOfType(UpgradeRefusedException.class)
                .isThrownBy(() -> ServerHandshake.of(HERE, request(replaced.strip())))
                .withMessageContaining(reason)
                .satisfies(refusal -> assertThat(refusal.status()).isEqualTo(status));
    }

    @Test
    void theKeyIsAnsweredAsTheStandardHasIt() {
        assertThat(answer(request(), WebSocketOptions.defaults(), "Sec-WebSocket-Accept"))
                .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(answer(request("Upgrade: WebSocket"), WebSocketOptions.defaults(), "Upgrade"))
                .isEqualTo("websocket");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "badproto, goodproto | goodproto | goodproto",
                "v1, v2              | v2,v1     | v2",
                "other               | goodproto | none",
                "-                   | goodproto | none",
                "goodproto           |           | none",
                "Goodproto           | goodproto | none",
            })
    void theFirstOwnSubprotocolThatTheClientSpeaksIsTaken(String offered, String own, String taken) {
        WebSocketOptions options = own == null
                ? WebSocketOptions.defaults()
                : WebSocketOptions.defaults().withSubprotocols(own.split(","));
        Headers request = request("Sec-WebSocket-Protocol: " + offered);
        assertThat(answer(request, options, "Sec-WebSocket-Protocol")).isEqualTo(taken);
        assertThat(ServerHandshake.of(HERE, request).accept(options).handshake().subprotocol())
                .isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "-                                                      | ON              | none",
                "permessage-deflate                                     | OFF             | none",
                "permessage-deflate                                     | ON              | permessage-deflate",
                "permessage-deflate; client_max_window_bits             | ON              | permessage-deflate",
                "permessage-deflate; client_max_window_bits=9           | ON              | permessage-deflate",
                "permessage-deflate; server_no_context_takeover         | ON              | permessage-deflate; server_no_context_takeover",
                "permessage-deflate; client_no_context_takeover         | ON              | permessage-deflate; client_no_context_takeover",
                "permessage-deflate; server_max_window_bits=15          | ON              | permessage-deflate; server_max_window_bits=15",
                "permessage-deflate; server_max_window_bits=\"15\"      | ON              | permessage-deflate; server_max_window_bits=15",
                "permessage-deflate                                     | WITHOUT_CONTEXT | permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                "permessage-deflate; server_max_window_bits=10          | ON              | none",
                "permessage-deflate; server_max_window_bits             | ON              | none",
                "permessage-deflate; client_max_window_bits=16          | ON              | none",
                "permessage-deflate; unknown                            | ON              | none",
                "permessage-deflate; server_no_context_takeover=1       | ON              | none",
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover | ON | none",
                "x-webkit-deflate-frame                                 | ON              | none",
                "permessage-deflate; server_max_window_bits=10, permessage-deflate | ON   | permessage-deflate",
            })
    void theFirstOfferOfCompressionThatCanBeKeptToIsTaken(String offered, Compression compression, String answer) {
        assertThat(answer(
                        request("Sec-WebSocket-Extensions: " + offered),
                        WebSocketOptions.defaults().withCompression(compression),
                        "Sec-WebSocket-Extensions"))
                .isEqualTo(answer);
    }
}
