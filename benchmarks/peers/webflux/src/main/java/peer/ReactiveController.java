package peer;

import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@RestController
@Profile("reactive")
class ReactiveController {

    private final WebClient http;

    private final String upstream;

    ReactiveController(WebClient.Builder http, @Value("${upstream}") String upstream) {
        this.http = http.build();
        this.upstream = upstream;
    }

    @GetMapping("/hello")
    Mono<Greeting> hello() {
        return Mono.just(Greeting.HELLO);
    }

    @GetMapping("/fetch")
    Mono<Greeting> fetch() {
        return http.get().uri(upstream).retrieve().bodyToMono(Greeting.class);
    }

    @GetMapping("/ten")
    Mono<List<Greeting>> ten() {
        return Flux.range(0, 10).flatMap(i -> fetch(), 10).collectList();
    }

    @GetMapping("/sleep")
    Mono<Greeting> sleep() {
        return Mono.delay(Duration.ofMillis(50)).thenReturn(Greeting.HELLO);
    }
}
