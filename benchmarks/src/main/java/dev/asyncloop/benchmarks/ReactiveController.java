package dev.asyncloop.benchmarks;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

@RestController
@Profile("reactive")
class ReactiveController {

    private final WebClient http;

    ReactiveController(WebClient.Builder http, @Value("${upstream:}") String upstream) {
        this.http = http.baseUrl(upstream).build();
    }

    @GetMapping("/hello")
    Mono<Greeting> hello() {
        return Mono.just(Greeting.HELLO);
    }

    @GetMapping("/fetch")
    Mono<Greeting> fetch() {
        return http.get().uri("/hello").retrieve().bodyToMono(Greeting.class);
    }
}
