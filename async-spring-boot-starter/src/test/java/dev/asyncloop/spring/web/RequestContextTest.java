package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** What belongs to a request is in place in its coroutine and that one's children, and nowhere else. */
class RequestContextTest {

    @ParameterizedTest
    @EnumSource
    void interleavedRequestsKeepTheirContextsApart(Carrier carrier) {
        try (TestApplication application = TestApplication.start(
                Application.class,
                "ioloop.carrier=" + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
            List<String> answers = Mono.zip(
                            body(application, "Ada"), body(application, "Grace"), (one, other) -> List.of(one, other))
                    .block(Duration.ofSeconds(20));
            assertThat(answers).containsExactly("Ada Ada Ada", "Grace Grace Grace");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRequestsObservationIsTheCurrentOneAlsoInChildrenAndExecutorCalls(Carrier carrier) {
        try (TestApplication application = TestApplication.start(
                Application.class,
                "ioloop.carrier=" + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
            assertThat(application.get("/observed").getBody())
                    .isEqualTo(
                            "http.server.requests, the same in a child, the same in an executor call, still the same");
        }
    }

    @Test
    void whatIsPutIntoTheMdcIsInChildrenOnceItsAccessorIsRegistered() {
        ContextRegistry registry = ContextRegistry.getInstance();
        try (IOLoop loop = IOLoop.create()) {
            assertThat(loop.<String>runSync(RequestContextTest::mdcOfAChild)).isEqualTo("Ada, child none");
            registry.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
            assertThat(loop.<String>runSync(RequestContextTest::mdcOfAChild)).isEqualTo("Ada, child Ada");
        } finally {
            registry.removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
        }
    }

    private static String mdcOfAChild() {
        MDC.put("who", "Ada");
        String child = await(Async.spawn(() -> String.valueOf(MDC.get("who")).replace("null", "none")));
        return MDC.get("who") + ", child " + child;
    }

    private static Mono<String> body(TestApplication application, String who) {
        return application.client().get().uri("/who/" + who).retrieve().bodyToMono(String.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        WebFilter whoFilter() {
            return (exchange, chain) -> {
                String path = exchange.getRequest().getPath().value();
                return chain.filter(exchange)
                        .contextWrite(context -> context.put("who", path.substring(path.lastIndexOf('/') + 1)));
            };
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        private final CompletableFuture<String> bothAreHere = new CompletableFuture<>();

        private final ObservationRegistry observations;

        private int here;

        Handlers(ObservationRegistry observations) {
            this.observations = observations;
        }

        @GetMapping("/observed")
        String observed() {
            Observation own = observations.getCurrentObservation();
            String answer = own == null ? "none" : own.getContextView().getName();
            answer += await(Async.spawn(() -> observations.getCurrentObservation() == own))
                    ? ", the same in a child"
                    : "";
            answer += await(IOLoop.current().runInExecutor(() -> observations.getCurrentObservation() == own))
                    ? ", the same in an executor call"
                    : "";
            return answer + (observations.getCurrentObservation() == own ? ", still the same" : "");
        }

        @GetMapping("/who/{who}")
        String who(@PathVariable String who) {
            MDC.put("who", who);
            if (++here == 2) {
                bothAreHere.complete("");
            }
            await(bothAreHere);
            return MDC.get("who") + " " + inContext() + " " + await(Async.spawn(Handlers::inContext));
        }

        private static String inContext() {
            return await(Mono.deferContextual(context -> Mono.just(context.<String>get("who"))));
        }
    }
}
