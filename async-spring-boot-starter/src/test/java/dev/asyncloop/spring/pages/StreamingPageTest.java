package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.channel.Topic;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.web.stream.EventStream;
import dev.asyncloop.spring.web.stream.LastEventId;
import dev.asyncloop.spring.web.stream.RequestStream;
import dev.asyncloop.spring.web.stream.ResponseStream;
import dev.asyncloop.spring.web.stream.StreamedPart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The snippets of docs/streaming.md: compiled and run here, and the same there. */
class StreamingPageTest {

    record Quote(String symbol, long price) {}

    interface Prices {

        long of(long number);
    }

    @RestController
    static class Controller {

        final Topic<String> news = Topic.create();

        private final Prices prices = number -> 100 + number;

        private final IOLoop loop;

        Controller(IOLoop loop) {
            this.loop = loop;
        }

        @Coroutine
        @GetMapping("/feed")
        void feed(EventStream out, @Nullable LastEventId last) {
            out.retry(Duration.ofSeconds(1));
            long number = last == null ? 0 : Long.parseLong(last.value());
            while (true) {
                number++;
                out.send("" + number, new Quote("ACME", prices.of(number))); // waits until the client has room
                sleep(Duration.ofSeconds(1));
            }
        }

        @Coroutine
        @GetMapping("/news")
        void news(EventStream out) {
            try (var latest = news.subscribe()) {
                await(out.forward(latest)); // ends with the topic, or with the client
            }
        }

        @Coroutine
        @GetMapping("/quotes")
        void quotes(ResponseStream out) {
            for (long number = 1; number <= 1000; number++) {
                out.sendJson(new Quote("ACME", prices.of(number))); // one line each: application/x-ndjson
            }
        }

        @Coroutine
        @PostMapping("/upload")
        long upload(RequestStream in) throws IOException {
            Path file = Files.createTempFile("upload", null);
            try (OutputStream out = Files.newOutputStream(file)) {
                for (byte[] chunk : in.limit(DataSize.ofGigabytes(2)).chunks()) { // each step waits for the next one
                    await(loop.runInExecutor(() -> {
                        out.write(chunk);
                        return null;
                    }));
                }
            }
            return Files.size(file);
        }

        @Coroutine
        @PostMapping("/form")
        String form(RequestStream in) {
            String title = "";
            long size = 0;
            for (StreamedPart part : in.parts()) {
                if (part.isFile()) {
                    for (byte[] chunk : part.chunks()) {
                        size += chunk.length;
                    }
                } else if (part.name().equals("title")) {
                    title = part.text();
                } // what is not read is skipped
            }
            return title + ": " + size + " bytes";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Controller.class)
    static class Application {}

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        String here =
                squeeze(Files.readString(Path.of("src/test/java/dev/asyncloop/spring/pages/StreamingPageTest.java")));
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/streaming.md")))
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(snippets).hasSize(5).allSatisfy(snippet -> assertThat(here).contains(squeeze(snippet)));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void theyRun() {
        try (TestApplication application = TestApplication.start(Application.class)) {
            Duration limit = Duration.ofSeconds(20);
            String feed = application
                    .client()
                    .get()
                    .uri("/feed")
                    .header("Last-Event-ID", "6")
                    .retrieve()
                    .bodyToFlux(String.class)
                    .blockFirst(limit);
            assertThat(feed).isEqualTo("{\"symbol\":\"ACME\",\"price\":107}");
            assertThat(application.get("/quotes").getBody().lines()).hasSize(1000);
            assertThat(application
                            .exchange(application.client().post().uri("/upload").bodyValue("x".repeat(100_000)))
                            .getBody())
                    .isEqualTo("100000");
            MultipartBodyBuilder form = new MultipartBodyBuilder();
            form.part("title", "T");
            form.part("file", new byte[50_000]).filename("f");
            assertThat(application
                            .exchange(application.client().post().uri("/form").bodyValue(form.build()))
                            .getBody())
                    .isEqualTo("T: 50000 bytes");
            Topic<String> news = application.bean(Controller.class).news;
            var first = application.client().get().uri("/news").retrieve().bodyToFlux(String.class);
            var got = first.next().toFuture();
            Awaitility.await().atMost(limit).until(() -> news.subscribers() == 1);
            application.bean(IOLoop.class).runSync(() -> {
                news.publish("hello");
                return null;
            });
            assertThat(got).succeedsWithin(limit).isEqualTo("hello");
            Awaitility.await().atMost(limit).until(() -> news.subscribers() == 0);
        }
    }
}
