package dev.asyncloop.spring.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.FetchException;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.transport.RequestReplySenderContext;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

class ObservedFetchesTest {

    @ParameterizedTest
    @EnumSource
    void everyFetchIsAnObservationBelowThatOfItsRequest(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            Observations seen = application.bean(Observations.class);
            assertThat(application.get("/calls").getBody()).isEqualTo("the header is there");
            assertThat(seen.stopped)
                    .singleElement()
                    .isEqualTo("http.client.requests GET /echo/{word} status=200 outcome=SUCCESS"
                            + " client.name=127.0.0.1 exception=none below http.server.requests");
        }
    }

    @ParameterizedTest
    @EnumSource
    void failuresAndCancellationsAreObservedAsSuch(Carrier carrier) {
        try (TestApplication application = start(carrier)) {
            Observations seen = application.bean(Observations.class);
            assertThat(application.get("/fails").getBody()).isEqualTo("done");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(seen.stopped)
                            .containsExactly(
                                    "http.client.requests GET /nothing status=404 outcome=CLIENT_ERROR"
                                            + " client.name=127.0.0.1 exception=HttpStatusException below http.server.requests",
                                    "http.client.requests GET / status=CLIENT_ERROR outcome=UNKNOWN"
                                            + " client.name=127.0.0.1 exception=ConnectFailedException below"
                                            + " http.server.requests",
                                    "http.client.requests GET /never status=CLIENT_ERROR outcome=UNKNOWN"
                                            + " client.name=127.0.0.1 exception=CancellationException below"
                                            + " http.server.requests"));
        }
    }

    private static TestApplication start(Carrier carrier) {
        return TestApplication.start(
                Application.class,
                "ioloop.carrier=" + carrier.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        Observations observations() {
            return new Observations();
        }
    }

    /** Remembers the observations of clients, and adds a header as a trace does. */
    static class Observations implements ObservationHandler<ClientRequestObservationContext> {

        private final List<String> stopped = new CopyOnWriteArrayList<>();

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof ClientRequestObservationContext;
        }

        @Override
        public void onStart(ClientRequestObservationContext context) {
            ClientHttpRequest carrier =
                    Objects.requireNonNull(((RequestReplySenderContext<ClientHttpRequest, ?>) context).getCarrier());
            carrier.getHeaders().set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        }

        @Override
        public void onStop(ClientRequestObservationContext context) {
            stopped.add(context.getName() + " " + key(context, "method") + " " + key(context, "uri") + " status="
                    + key(context, "status") + " outcome=" + key(context, "outcome") + " client.name="
                    + key(context, "client.name") + " exception=" + key(context, "exception") + " below "
                    + Objects.requireNonNull(context.getParentObservation())
                            .getContextView()
                            .getName());
        }

        private static String key(Observation.Context context, String name) {
            return Objects.requireNonNull(context.getLowCardinalityKeyValue(name))
                    .getValue();
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        private final ApplicationContext context;

        private final AsyncHttpClient http;

        Handlers(ApplicationContext context, AsyncHttpClient http) {
            this.context = context;
            this.http = http;
        }

        private String base() {
            return "http://127.0.0.1:"
                    + ((WebServerApplicationContext) context).getWebServer().getPort();
        }

        @GetMapping("/calls")
        String calls() {
            FetchRequest request =
                    FetchRequest.get(base() + "/echo/{word}", "a word").build();
            return await(http.fetch(request)).text();
        }

        @GetMapping("/echo/{word}")
        String echo(@PathVariable String word, @RequestHeader String traceparent) {
            return word.equals("a word") && traceparent.startsWith("00-0af7") ? "the header is there" : "no";
        }

        @GetMapping("/fails")
        String fails() {
            try {
                await(http.fetch(base() + "/nothing"));
            } catch (FetchException ex) {
                // observed
            }
            try {
                await(http.fetch("http://127.0.0.1:1/"));
            } catch (FetchException ex) {
                // observed
            }
            Task<?> never = http.fetch(base() + "/never");
            Async.yieldNow();
            never.cancel(false);
            return "done";
        }

        @GetMapping("/never")
        String never() {
            return await(new CompletableFuture<>());
        }
    }
}
