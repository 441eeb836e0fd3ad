package dev.asyncloop.spring.web;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.gather;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Async;
import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.TaskGroup;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.ApplicationPerCarrier;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.Periodic;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.spring.periodic.PeriodicCallbacks;
import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.contextpropagation.ObservationAwareSpanThreadLocalAccessor;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/** The trace of a request is that of its coroutine, of all that this starts, and of their log lines. */
@ExtendWith(OutputCaptureExtension.class)
class TracingTest {

    private static final String ADAS = "0af7651916cd43dd8448eb211c80319c";

    private static final String GRACES = "1bf7651916cd43dd8448eb211c80319d";

    private static final String CALLER = "b7ad6b7169203331";

    private static final ApplicationPerCarrier APPLICATIONS = new ApplicationPerCarrier(
            Application.class,
            "test.autoconfigure.exclude=",
            "logging.level.spoken=debug",
            "management.tracing.sampling.probability=1",
            "spring.reactor.context-propagation=auto");

    @AfterAll
    static void stop() {
        APPLICATIONS.close();
        Hooks.disableAutomaticContextPropagation(); // which the property has switched on for the whole JVM
    }

    @ParameterizedTest
    @EnumSource
    void theTraceIsInPlaceInTheCoroutineItsChildrenAndExecutorCalls(Carrier carrier) {
        Map<String, String> expected = new LinkedHashMap<>();
        for (String place : List.of(
                "handler",
                "after a sleep",
                "after a Mono",
                "blocking",
                "after blocking",
                "executor",
                "child",
                "child of a group",
                "in an operator of a Mono")) {
            expected.put(place, ADAS);
        }
        assertThat(body(APPLICATIONS.on(carrier), "/everywhere", ADAS).block(Duration.ofSeconds(20)))
                .isEqualTo(expected.toString());
    }

    @ParameterizedTest
    @EnumSource
    void logLinesOfTwoInterleavedRequestsCarryTheirOwnTrace(Carrier carrier, CapturedOutput output) {
        TestApplication application = APPLICATIONS.on(carrier);
        List<String> answers = Mono.zip(
                        body(application, "/interleaved", ADAS),
                        body(application, "/interleaved", GRACES),
                        (one, other) -> List.of(one, other))
                .block(Duration.ofSeconds(20));
        assertThat(answers).containsExactly("[" + ADAS + "]", "[" + GRACES + "]");
        List<String> lines =
                output.getOut().lines().filter(line -> line.contains("says ")).toList();
        assertThat(lines).hasSize(2 * 3 * Handlers.STEPS).allSatisfy(line -> {
            String own = line.substring(line.indexOf("says ") + "says ".length());
            assertThat(line).contains("[" + own + "-"); // as Spring Boot's pattern has it
        });
    }

    @ParameterizedTest
    @EnumSource
    void theTraceIsInPlaceWhereTheAnswerIsWritten(Carrier carrier) {
        assertThat(body(APPLICATIONS.on(carrier), "/written", ADAS).block(Duration.ofSeconds(20)))
                .isEqualTo("{\"trace\":\"" + ADAS + "\"}");
    }

    @ParameterizedTest
    @EnumSource
    void aFetchCarriesTheTraceOn(Carrier carrier) {
        assertThat(body(APPLICATIONS.on(carrier), "/calls", ADAS).block(Duration.ofSeconds(20)))
                .startsWith("00-" + ADAS + "-");
    }

    @ParameterizedTest
    @EnumSource
    void anObservationOfOnesOwnIsTheParentOfWhatIsStartedInItAndOfNothingElse(Carrier carrier) {
        assertThat(body(APPLICATIONS.on(carrier), "/own", ADAS).block(Duration.ofSeconds(20)))
                .isEqualTo("child: own, executor: own, afterwards: the request's");
    }

    @ParameterizedTest
    @EnumSource
    void aBareSpanIsHandedOnOnceItsAccessorIsRegistered(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        assertThat(body(application, "/bare-span", ADAS).block(Duration.ofSeconds(20)))
                .isEqualTo("child: the request's");
        ContextRegistry registry = ContextRegistry.getInstance();
        registry.registerThreadLocalAccessor(new ObservationAwareSpanThreadLocalAccessor(
                application.bean(ObservationRegistry.class), application.bean(Tracer.class)));
        try {
            assertThat(body(application, "/bare-span", ADAS).block(Duration.ofSeconds(20)))
                    .isEqualTo("child: own");
        } finally {
            registry.removeThreadLocalAccessor(ObservationAwareSpanThreadLocalAccessor.KEY);
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneTraceGoesThroughChildrenAndTheirFetchesToWhatTheseCall(Carrier carrier) {
        TestApplication application = APPLICATIONS.on(carrier);
        String trace = newTrace();
        assertThat(body(application, "/order", trace).block(Duration.ofSeconds(20)))
                .isEqualTo("[" + trace + ", " + trace + "]");
        Spans spans = application.bean(Spans.class);
        Awaitility.await().untilAsserted(() -> assertThat(spans.of(trace)).hasSize(5));
        SpanData request = spans.named(trace, "http get /order").getFirst();
        assertThat(request.getParentSpanId()).isEqualTo(CALLER);
        List<SpanData> fetches = spans.named(trace, "http get");
        assertThat(fetches)
                .hasSize(2)
                .allSatisfy(fetch -> assertThat(fetch.getParentSpanId()).isEqualTo(request.getSpanId()));
        assertThat(spans.named(trace, "http get /called"))
                .extracting(SpanData::getParentSpanId)
                .containsExactlyInAnyOrderElementsOf(
                        fetches.stream().map(SpanData::getSpanId).toList());
    }

    @ParameterizedTest
    @EnumSource
    void eachPeriodicCallIsATraceOfItsOwnAndGoesOnToWhatItCalls(Carrier carrier, CapturedOutput output) {
        TestApplication application = APPLICATIONS.on(carrier);
        Spans spans = application.bean(Spans.class);
        Set<String> traces = new TreeSet<>();
        for (int call = 1; call <= 2; call++) {
            int calls = call;
            Awaitility.await()
                    .until(() -> application
                            .bean(PeriodicCallbacks.class)
                            .task("tick")
                            .trigger()); // once the one before has ended
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(spans.named("task handlers.tick")).hasSize(calls));
            SpanData task = spans.named("task handlers.tick").getLast();
            assertThat(task.getParentSpanContext().isValid()).isFalse();
            String trace = task.getTraceId();
            traces.add(trace);
            Awaitility.await().untilAsserted(() -> assertThat(spans.of(trace)).hasSize(3));
            SpanData fetch = spans.named(trace, "http get").getFirst();
            assertThat(fetch.getParentSpanId()).isEqualTo(task.getSpanId());
            assertThat(spans.named(trace, "http get /called").getFirst().getParentSpanId())
                    .isEqualTo(fetch.getSpanId());
            assertThat(output.getOut().lines().filter(line -> line.contains(" tick ") && line.contains(trace)))
                    .hasSize(2); // its own, and its child's
        }
        assertThat(traces).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void logLinesOfAllThatARequestStartsCarryItsTraceAndThoseOfOthersDoNot(Carrier carrier, CapturedOutput output) {
        TestApplication application = APPLICATIONS.on(carrier);
        IOLoop loop = application.bean(IOLoop.class);
        String trace = newTrace();
        Mono<String> answer = body(application, "/speaks", trace).cache();
        answer.subscribe();
        CompletableFuture<String> inBetween = application.bean(Handlers.class).inBetween;
        Awaitility.await().until(() -> inBetween.getNumberOfDependents() > 0);
        loop.runSync(() -> {
            Handlers.SPOKEN.info("somebody else, in a coroutine");
            loop.addCallback(() -> Handlers.SPOKEN.info("somebody else, in a callback"));
            return await(loop.runInExecutor(() -> {
                Handlers.SPOKEN.info("somebody else, in an executor call");
                return "";
            }));
        });
        inBetween.complete("");
        assertThat(answer.block(Duration.ofSeconds(20))).isEqualTo("8 places");
        List<String> lines = output.getOut().lines().toList();
        assertThat(lines.stream().filter(line -> line.contains("the request, ")))
                .hasSize(8)
                .allSatisfy(line -> assertThat(line).contains("[" + trace + "-"));
        assertThat(lines.stream().filter(line -> line.contains("somebody else, ")))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).doesNotContainPattern("\\p{XDigit}{32}"));
    }

    private static String newTrace() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static Mono<String> body(TestApplication application, String path, String trace) {
        return application
                .client()
                .get()
                .uri(path)
                .header("traceparent", "00-" + trace + "-" + CALLER + "-01")
                .retrieve()
                .bodyToMono(String.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {

        @Bean
        Spans spans() {
            return new Spans();
        }

        /** At once, not in batches. */
        @Bean
        SpanProcessor spanProcessor(Spans spans) {
            return SimpleSpanProcessor.create(spans.exporter);
        }
    }

    /** Those that have ended. Its exporter is no bean: Spring Boot would have a processor of its own for that, too. */
    static class Spans {

        private final List<SpanData> ended = new CopyOnWriteArrayList<>();

        private final SpanExporter exporter = new InMemory(ended);

        List<SpanData> of(String trace) {
            return ended.stream()
                    .filter(span -> span.getTraceId().equals(trace))
                    .toList();
        }

        List<SpanData> named(String name) {
            return ended.stream().filter(span -> span.getName().equals(name)).toList();
        }

        List<SpanData> named(String trace, String name) {
            return of(trace).stream()
                    .filter(span -> span.getName().equals(name))
                    .toList();
        }
    }

    private record InMemory(List<SpanData> spans) implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            spans.addAll(ended);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    @RestController
    @Coroutine
    static class Handlers {

        static final int STEPS = 20;

        static final Logger SPOKEN = LoggerFactory.getLogger("spoken");

        private final Tracer tracer;

        private final ObservationRegistry observations;

        private final AsyncHttpClient http;

        private final ApplicationContext context;

        private final CompletableFuture<String> inBetween = new CompletableFuture<>();

        private CompletableFuture<String> bothAreHere = new CompletableFuture<>();

        private int here;

        Handlers(Tracer tracer, ObservationRegistry observations, AsyncHttpClient http, ApplicationContext context) {
            this.tracer = tracer;
            this.observations = observations;
            this.http = http;
            this.context = context;
        }

        /** The trace, which the tracer and the MDC agree on. */
        private String trace() {
            Span span = tracer.currentSpan();
            String traced = span == null ? null : span.context().traceId();
            String logged = MDC.get("traceId");
            return String.valueOf(traced).equals(logged) ? logged : traced + " but " + logged;
        }

        private @Nullable String spanId() {
            Span span = tracer.currentSpan();
            return span == null ? null : span.context().spanId();
        }

        /** Has no trace of its own, but that of who writes it. */
        static final class Written {

            public String getTrace() {
                return String.valueOf(MDC.get("traceId"));
            }
        }

        @GetMapping("/everywhere")
        String everywhere() {
            Map<String, String> seen = new LinkedHashMap<>();
            seen.put("handler", trace());
            Async.sleep(Duration.ofMillis(1));
            seen.put("after a sleep", trace());
            await(Mono.delay(Duration.ofMillis(1)));
            seen.put("after a Mono", trace());
            seen.put("blocking", Async.blocking(this::trace));
            seen.put("after blocking", trace());
            seen.put("executor", await(IOLoop.current().runInExecutor(this::trace)));
            seen.put("child", await(Async.spawn(this::trace)));
            seen.put("child of a group", TaskGroup.run(group -> await(group.spawn("child", this::trace))));
            seen.put(
                    "in an operator of a Mono",
                    await(Mono.just("").delayElement(Duration.ofMillis(1)).map(nothing -> trace())));
            return seen.toString();
        }

        @GetMapping("/interleaved")
        String interleaved(@RequestHeader String traceparent) {
            if (++here == 2) {
                bothAreHere.complete("");
                bothAreHere = new CompletableFuture<>();
                here = 0;
            } else {
                await(bothAreHere);
            }
            String own = traceparent.substring(3, 35);
            TreeSet<String> seen = new TreeSet<>();
            for (int step = 0; step < STEPS; step++) {
                seen.add(trace());
                SPOKEN.info("says {}", own);
                Async.yieldNow();
                await(Async.spawn(() -> SPOKEN.debug("a child says {}", own)));
                await(IOLoop.current().runInExecutor(() -> {
                    SPOKEN.debug("a call says {}", own);
                    return "";
                }));
                seen.add(trace());
            }
            return seen.toString();
        }

        @GetMapping("/written")
        Written written() {
            return new Written();
        }

        @GetMapping("/calls")
        String calls() {
            int port = ((WebServerApplicationContext) context).getWebServer().getPort();
            return await(http.fetch("http://127.0.0.1:" + port + "/called")).text();
        }

        @GetMapping("/order")
        String order() {
            return gather(List.of(Async.spawn(this::calls), Async.spawn(this::calls))).stream()
                    .map(traceparent -> traceparent.substring(3, 35))
                    .toList()
                    .toString();
        }

        @Periodic(every = "10h", name = "tick")
        void tick() {
            SPOKEN.info("a tick is here");
            await(Async.spawn(() -> {
                calls();
                SPOKEN.info("a tick has called");
            }));
        }

        @GetMapping("/speaks")
        String speaks() {
            IOLoop loop = IOLoop.current();
            List<CompletableFuture<?>> places = new ArrayList<>();
            for (String place : List.of("callback", "timer", "dependent")) {
                CompletableFuture<String> spoken = new CompletableFuture<>();
                places.add(spoken);
                Runnable speak = () -> {
                    speak(place);
                    spoken.complete("");
                };
                switch (place) {
                    case "callback" -> loop.addCallback(speak);
                    case "timer" -> loop.callLater(Duration.ofMillis(1), speak);
                    default -> loop.spawn(() -> 1).thenRun(speak);
                }
            }
            speak("before it waits");
            await(inBetween);
            speak("after it has waited");
            gather(List.of(Async.spawn(() -> speak("a child")), loop.spawn(() -> speak("a coroutine of the loop"))));
            await(loop.runInExecutor(() -> {
                speak("an executor call");
                return "";
            }));
            places.forEach(Async::await);
            return "8 places";
        }

        private void speak(String place) {
            SPOKEN.info("the request, {}", place);
        }

        @GetMapping("/called")
        String called(@RequestHeader String traceparent) {
            return traceparent;
        }

        @GetMapping("/own")
        String own() {
            Observation requests = observations.getCurrentObservation();
            Observation own = Observation.start("own", observations);
            StringBuilder answer = new StringBuilder();
            try (Observation.Scope scope = own.openScope()) {
                String span = spanId();
                answer.append("child: ")
                        .append(await(Async.spawn(() -> isCurrent(own, span))) ? "own" : "another")
                        .append(", executor: ")
                        .append(await(IOLoop.current().runInExecutor(() -> isCurrent(own, span))) ? "own" : "another");
            } finally {
                own.stop();
            }
            String span = spanId();
            return answer.append(", afterwards: ")
                    .append(await(Async.spawn(() -> isCurrent(requests, span))) ? "the request's" : "another")
                    .toString();
        }

        @GetMapping("/bare-span")
        String bareSpan() {
            Span own = tracer.nextSpan().name("own").start();
            try (Tracer.SpanInScope scope = tracer.withSpan(own)) {
                String id = own.context().spanId();
                return "child: " + (await(Async.spawn(() -> id.equals(spanId()))) ? "own" : "the request's");
            } finally {
                own.end();
            }
        }

        private boolean isCurrent(@Nullable Observation observation, @Nullable String span) {
            return observation == observations.getCurrentObservation() && Objects.equals(span, spanId());
        }
    }
}
