package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultipartTest {

    private record Sent(String head, byte[] body) {

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String boundary() {
            Matcher matcher = Pattern.compile("(?i)content-type: multipart/form-data; boundary=(\\S+)")
                    .matcher(head);
            assertThat(matcher.find()).as(head).isTrue();
            return matcher.group(1);
        }
    }

    private final LinkedBlockingQueue<Sent> sent = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder;

    /** Reads as many bytes as the request says it has. */
    private WireServer server() throws IOException {
        return new WireServer(peer -> {
            String head;
            while ((head = peer.readHead()) != null) {
                Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
                byte[] body = length.find() ? peer.readBody(Integer.parseInt(length.group(1))) : new byte[0];
                sent.add(new Sent(head, body));
                peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
    }

    private static FetchRequest post(WireServer server, Multipart parts) {
        return FetchRequest.post(server.url("/")).multipart(parts).build();
    }

    @OnBothCarriers
    void partsAreSentOneAfterTheOther(Carrier carrier) throws Exception {
        try (var server = server();
                var http = new HttpFixture(carrier)) {
            Multipart parts = Multipart.builder()
                    .field("text", "\u00e9\r\nx")
                    .file("a \"b\"\r\n", "\u00e9\".png", new byte[] {1, 2})
                    .file("c", "d.bin", "x/y; z=1", new byte[0])
                    .build();
            HttpFixture.outcome(http.client.fetch(post(server, parts)));
            Sent request = sent.take();
            String boundary = request.boundary();
            assertThat(request.text())
                    .isEqualTo("--" + boundary
                            + "\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\u00e9\r\nx\r\n--"
                            + boundary + "\r\nContent-Disposition: form-data; name=\"a %22b%22%0D%0A\";"
                            + " filename=\"\u00e9%22.png\"\r\nContent-Type: image/png\r\n\r\n\1\2\r\n--" + boundary
                            + "\r\nContent-Disposition: form-data; name=\"c\"; filename=\"d.bin\"\r\n"
                            + "Content-Type: x/y; z=1\r\n\r\n\r\n--" + boundary + "--\r\n");
            assertThat(request.head().toLowerCase(Locale.ROOT)).doesNotContain("transfer-encoding");
        }
    }

    @OnBothCarriers
    void filesAreReadWhenTheyAreSentAndMayBeSentAgain(Carrier carrier) throws Exception {
        byte[] large = new byte[300_001];
        new Random(1).nextBytes(large);
        Path file = Files.write(folder.resolve("large.txt"), large);
        Path empty = Files.createFile(folder.resolve("empty"));
        try (var server = server();
                var http = new HttpFixture(carrier)) {
            FetchRequest request = post(
                    server,
                    Multipart.builder()
                            .field("before", "x")
                            .file("file", file)
                            .file("none", "other.name", "x/y", empty)
                            .build());
            for (int i = 0; i < 2; i++) {
                HttpFixture.outcome(http.client.fetch(request));
                Sent first = sent.take();
                String latin = new String(first.body(), StandardCharsets.ISO_8859_1);
                int start = latin.indexOf("Content-Type: text/plain\r\n\r\n") + 28;
                assertThat(Arrays.copyOfRange(first.body(), start, start + large.length))
                        .isEqualTo(large);
                assertThat(latin).contains("filename=\"large.txt\"").contains("filename=\"other.name\"");
                assertThat(latin).endsWith("\r\n--" + first.boundary() + "--\r\n");
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @OnBothCarriers
    void aFileThatIsMissingFailsTheFetch(Carrier carrier) throws IOException {
        try (var server = server();
                var http = new HttpFixture(carrier)) {
            Task<FetchResponse> fetch = http.client.fetch(post(
                    server,
                    Multipart.builder().file("f", folder.resolve("missing")).build()));
            assertThatThrownBy(() -> HttpFixture.outcome(fetch))
                    .hasStackTraceContaining("missing")
                    .hasStackTraceContaining("the part 'f' needs a file that can be read");
            http.settle();
            assertThat(http.client.active()).isZero();
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void boundariesDiffer() {
        Multipart.Builder parts = Multipart.builder().field("a", "b");
        assertThat(parts.build().boundary())
                .isNotEqualTo(parts.build().boundary())
                .hasSizeBetween(30, 70);
    }

    @Test
    void whatBreaksOutOfAPartIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Multipart.builder().file("a", "b", "x/y\r\nX: z", new byte[0]))
                .withMessageContaining("Content-Type");
        assertThatIllegalStateException()
                .isThrownBy(() -> Multipart.builder().build())
                .withMessageContaining("at least one part");
    }
}
