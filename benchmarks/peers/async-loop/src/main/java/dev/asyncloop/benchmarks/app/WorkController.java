package dev.asyncloop.benchmarks.app;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static dev.asyncloop.Async.sleep;

import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.FetchResponse;
import dev.asyncloop.spring.Coroutine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Coroutine
class WorkController {

    private final AsyncHttpClient http;

    private final String upstream;

    WorkController(AsyncHttpClient http, @Value("${upstream}") String upstream) {
        this.http = http;
        this.upstream = upstream;
    }

    @GetMapping("/hello")
    Greeting hello() {
        return Greeting.HELLO;
    }

    @GetMapping("/fetch")
    Greeting fetch() {
        return await(http.fetch(upstream)).body(Greeting.class);
    }

    @GetMapping("/ten")
    List<Greeting> ten() {
        List<Task<FetchResponse>> fetches = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            fetches.add(http.fetch(upstream));
        }
        return gather(fetches).stream()
                .map(response -> response.body(Greeting.class))
                .toList();
    }

    @GetMapping("/sleep")
    Greeting sleepForAMoment() {
        sleep(Duration.ofMillis(50));
        return Greeting.HELLO;
    }
}
