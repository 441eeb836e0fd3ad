package dev.asyncloop.benchmarks.runner;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Refuses to measure a server that does not answer what the others do. */
final class SameAnswers implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    void check(Server server, Work work) throws IOException, InterruptedException {
        if (work.isWebSocket()) {
            same(server, work, exchange(server, work));
            return;
        }
        URI uri = URI.create("http://127.0.0.1:" + server.port + work.path);
        HttpResponse<byte[]> response =
                http.send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofByteArray());
        String type = response.headers().firstValue("content-type").orElse("");
        if (response.statusCode() != 200 || !type.startsWith("application/json")) {
            throw new IOException(
                    server.peer.name() + " answers " + work.path + " with " + response.statusCode() + " " + type);
        }
        same(server, work, new String(response.body(), StandardCharsets.UTF_8));
    }

    private static void same(Server server, Work work, String answer) throws IOException {
        if (!answer.equals(work.answer)) {
            throw new IOException(server.peer.name() + " answers " + work.path + " with '" + answer + "' instead of '"
                    + work.answer + "'");
        }
    }

    /** Sends a text and returns the one that comes. */
    private String exchange(Server server, Work work) throws IOException, InterruptedException {
        CompletableFuture<String> text = new CompletableFuture<>();
        WebSocket.Listener listener = new WebSocket.Listener() {

            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                text.complete(data.toString());
                return CompletableFuture.completedStage(null);
            }

            @Override
            public void onError(WebSocket socket, Throwable error) {
                text.completeExceptionally(error);
            }
        };
        try {
            WebSocket socket = http.newWebSocketBuilder()
                    .connectTimeout(LIMIT)
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.port + work.path), listener)
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            String answer = answer(socket, work, text);
            socket.abort();
            return answer;
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(server.peer.name() + " does not do " + work.title + ": " + e, e);
        }
    }

    /** Sends again what was not answered: a message that comes right behind the handshake meets no handler yet in some servers. */
    private static String answer(WebSocket socket, Work work, CompletableFuture<String> text)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (long i = 1; i < LIMIT.toSeconds(); i++) {
            socket.sendText(work.answer, true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            try {
                return text.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                // once more
            }
        }
        return text.get(1, TimeUnit.SECONDS);
    }

    /** Without waiting for the ends of WebSockets, which some servers leave to be waited for for ever. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
