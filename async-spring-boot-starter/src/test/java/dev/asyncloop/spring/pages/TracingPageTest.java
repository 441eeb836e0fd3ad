package dev.asyncloop.spring.pages;

import static dev.asyncloop.Async.await;

import dev.asyncloop.Async;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.Periodic;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The snippet of the page on tracing: compiled here, and the same there. What the page says is in {@code TracingTest}. */
class TracingPageTest {

    @RestController
    @Coroutine
    static class OrderController {

        private static final Logger log = LoggerFactory.getLogger(OrderController.class);

        private final AsyncHttpClient http;

        private final ObservationRegistry observations;

        OrderController(AsyncHttpClient http, ObservationRegistry observations) {
            this.http = http;
            this.observations = observations;
        }

        @GetMapping("/orders/{id}")
        String order(@PathVariable String id) {
            var stock = Async.spawn(() -> fetch("https://stock.example/" + id));
            var price = Async.spawn(() -> Observation.createNotStarted("price", observations)
                    .observe(() -> fetch("https://price.example/" + id))); // a span of its own, and the fetch below it
            log.info("looking for {}", id); // with the trace, as the lines of the children
            return await(stock) + " for " + await(price);
        }

        @Periodic(every = "1m")
        void refresh() {
            fetch("https://stock.example/all");
        }

        private String fetch(String url) {
            return await(http.fetch(url)).text();
        }
    }

    @Test
    void thePageShowsWhatIsCompiledHere() throws IOException {
        Snippets.assertCompiled("tracing.md", 1, TracingPageTest.class);
    }
}
