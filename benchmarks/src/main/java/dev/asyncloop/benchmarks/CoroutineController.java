package dev.asyncloop.benchmarks;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;

import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Coroutine;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Coroutine
@Profile("coroutine")
class CoroutineController {

    private final AsyncHttpClient http;

    private final String upstream;

    CoroutineController(AsyncHttpClient http, @Value("${upstream:}") String upstream) {
        this.http = http;
        this.upstream = upstream;
    }

    @GetMapping("/hello")
    Greeting hello() {
        return Greeting.HELLO;
    }

    @GetMapping("/fetch")
    Greeting fetch() {
        return await(http.fetch(upstream + "/hello")).body(Greeting.class);
    }

    @GetMapping("/sleep")
    String sleepASecond() {
        sleep(Duration.ofSeconds(1));
        return "slept";
    }
}
