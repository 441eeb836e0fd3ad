package dev.asyncloop.spring.slice.guarded;

import dev.asyncloop.spring.Coroutine;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;

/** A coroutine knows the user also in the slice of tests that Spring Boot has for WebFlux. */
@WebFluxTest(GuardedSliceTest.WhoController.class)
class GuardedSliceTest {

    @Test
    void aCoroutineKnowsTheUser(@Autowired WebTestClient client) {
        client.get().uri("/who").exchange().expectBody(String.class).isEqualTo("ada");
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(WhoController.class)
    static class Application {

        /** Behind Spring Security's own, as one that has logged somebody in. */
        @Bean
        @Order(0)
        WebFilter login() {
            return (exchange, chain) -> chain.filter(exchange)
                    .contextWrite(ReactiveSecurityContextHolder.withAuthentication(
                            new TestingAuthenticationToken("ada", "", "ROLE_USER")));
        }
    }

    @Coroutine
    @RestController
    static class WhoController {

        @GetMapping("/who")
        String who() {
            var user = SecurityContextHolder.getContext().getAuthentication();
            return Objects.requireNonNull(user, "nobody is known here").getName();
        }
    }
}
