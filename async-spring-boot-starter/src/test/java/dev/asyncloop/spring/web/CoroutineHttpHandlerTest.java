package dev.asyncloop.spring.web;

import static dev.asyncloop.spring.web.HandlerComparison.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.web.HandlerComparison.Case;
import dev.asyncloop.spring.web.HandlerComparison.Recorder;
import dev.asyncloop.spring.web.HandlerComparison.Run;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * All that happens around a request, in its order, is what happens with Spring's own handler of the same parts: what is answered,
 * logged, observed, and told to the server.
 */
class CoroutineHttpHandlerTest {

    private static final String CASES = "dev.asyncloop.spring.web.HandlerCases#";

    @ParameterizedTest
    @MethodSource({
        CASES + "handlers",
        CASES + "filtersAndExceptionHandlers",
        CASES + "clientsThatGo",
        CASES + "whatIsAroundTheAnswer"
    })
    void allIsAsWithSpringsOwn(Case one) {
        assertThat(run(one, true, true)).as("observed").isEqualTo(run(one, false, true));
        assertThat(run(one, true, false)).as("not observed").isEqualTo(run(one, false, false));
    }

    /** It ends in one of two ways, and only once, with either. */
    @RepeatedTest(3)
    void aClientThatGoesInTheMomentOfTheEndIsOneEnd() throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 300; i++) {
                Run run = new Run();
                AtomicInteger stops = new AtomicInteger();
                ObservationRegistry registry = ObservationRegistry.create();
                registry.observationConfig().observationHandler(new ObservationHandler<>() {
                    @Override
                    public boolean supportsContext(Observation.Context context) {
                        return true;
                    }

                    @Override
                    public void onStop(Observation.Context context) {
                        stops.incrementAndGet();
                    }
                });
                Sinks.Empty<Void> end = Sinks.empty();
                HttpHandler handler = new CoroutineHttpHandlerDecorator()
                        .apply(WebHttpHandlerBuilder.webHandler(
                                        exchange -> end.asMono().then(Mono.defer(exchange.getResponse()::setComplete)))
                                .observationRegistry(registry)
                                .build());
                CyclicBarrier together = new CyclicBarrier(2);
                boolean whileItBegins = i % 2 == 0;
                if (!whileItBegins) {
                    handler.handle(MockServerHttpRequest.get("/").build(), run.response)
                            .subscribe(run);
                }
                Future<?> gone = other.submit(() -> {
                    together.await();
                    run.cancel();
                    return null;
                });
                together.await();
                if (whileItBegins) {
                    handler.handle(MockServerHttpRequest.get("/").build(), run.response)
                            .subscribe(run);
                }
                end.tryEmitEmpty();
                gone.get(20, TimeUnit.SECONDS);
                assertThat(stops.get()).isEqualTo(1);
                assertThat(run.events.stream().filter("completed"::equals).count())
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void theObservationIsInPlaceWhereReactorPropagatesContextsOnItsOwn() {
        List<String> places = new ArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new Recorder(new Run(), ""));
        HttpHandler handler = new CoroutineHttpHandlerDecorator()
                .apply(WebHttpHandlerBuilder.webHandler(exchange -> {
                            places.add("handler " + (registry.getCurrentObservation() != null));
                            throw new IllegalStateException("wrong");
                        })
                        .filter((exchange, chain) -> {
                            places.add("filter " + (registry.getCurrentObservation() != null));
                            return chain.filter(exchange);
                        })
                        .exceptionHandler((exchange, failure) -> {
                            places.add("exception handler " + (registry.getCurrentObservation() != null));
                            return Mono.empty();
                        })
                        .observationRegistry(registry)
                        .build());
        Hooks.enableAutomaticContextPropagation();
        try {
            handler.handle(MockServerHttpRequest.get("/").build(), new MockServerHttpResponse())
                    .subscribe();
        } finally {
            Hooks.disableAutomaticContextPropagation();
        }
        assertThat(places).containsExactly("filter true", "handler true", "exception handler true");
    }
}
