package peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

@RestController
@Profile("virtual")
class BlockingController {

    private final RestClient http;

    private final String upstream;

    BlockingController(RestClient.Builder http, @Value("${upstream}") String upstream) {
        this.http = http.build();
        this.upstream = upstream;
    }

    @GetMapping("/hello")
    Greeting hello() {
        return Greeting.HELLO;
    }

    @GetMapping("/fetch")
    Greeting fetch() {
        return http.get().uri(upstream).retrieve().body(Greeting.class);
    }

    @GetMapping("/ten")
    List<Greeting> ten() throws ExecutionException, InterruptedException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Greeting>> fetches = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                fetches.add(executor.submit(this::fetch));
            }
            List<Greeting> greetings = new ArrayList<>();
            for (Future<Greeting> fetch : fetches) {
                greetings.add(fetch.get());
            }
            return greetings;
        }
    }

    @GetMapping("/sleep")
    Greeting sleep() throws InterruptedException {
        Thread.sleep(Duration.ofMillis(50));
        return Greeting.HELLO;
    }
}
