package peer;

import io.micronaut.context.annotation.Property;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.client.BlockingHttpClient;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.annotation.Client;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jakarta.inject.Named;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
class WorkController {

    private final BlockingHttpClient http;

    private final ExecutorService virtual;

    private final String upstream;

    WorkController(
            @Client HttpClient http,
            @Named(TaskExecutors.VIRTUAL) ExecutorService virtual,
            @Property(name = "upstream") String upstream) {
        this.http = http.toBlocking();
        this.virtual = virtual;
        this.upstream = upstream;
    }

    @Get("/hello")
    Greeting hello() {
        return Greeting.HELLO;
    }

    @Get("/fetch")
    Greeting fetch() {
        return http.retrieve(upstream, Greeting.class);
    }

    @Get("/ten")
    List<Greeting> ten() throws ExecutionException, InterruptedException {
        List<Future<Greeting>> fetches = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            fetches.add(virtual.submit(this::fetch));
        }
        List<Greeting> greetings = new ArrayList<>();
        for (Future<Greeting> fetch : fetches) {
            greetings.add(fetch.get());
        }
        return greetings;
    }

    @Get("/sleep")
    Greeting sleep() throws InterruptedException {
        Thread.sleep(Duration.ofMillis(50));
        return Greeting.HELLO;
    }
}
