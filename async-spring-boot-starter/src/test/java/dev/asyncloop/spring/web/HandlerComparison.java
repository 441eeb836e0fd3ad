package dev.asyncloop.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/** Has requests handled by Spring's own handler and by ours, of the same parts, and records all that happens. */
final class HandlerComparison {

    private HandlerComparison() {}

    /** One request, and what is done to it once it has been subscribed to. */
    record Case(
            String name,
            Function<Run, MockServerHttpRequest.BaseBuilder<?>> request,
            Function<Run, WebHandler> handler,
            BiConsumer<Run, WebHttpHandlerBuilder> parts,
            Consumer<Run> then) {

        static Case of(String name, Function<Run, WebHandler> handler) {
            return new Case(
                    name, run -> MockServerHttpRequest.get("/some/path?q=1"), handler, (run, builder) -> {}, run -> {});
        }

        Case with(BiConsumer<Run, WebHttpHandlerBuilder> more) {
            return new Case(name, request, handler, parts.andThen(more), then);
        }

        Case requested(Function<Run, MockServerHttpRequest.BaseBuilder<?>> request) {
            return new Case(name, request, handler, parts, then);
        }

        Case then(Consumer<Run> then) {
            return new Case(name, request, handler, parts, then);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** One request of a case, and all that happens with it. */
    static final class Run extends BaseSubscriber<Void> {

        final List<String> events = new CopyOnWriteArrayList<>();

        final CountDownLatch ended = new CountDownLatch(1);

        final Sinks.Empty<Void> sink = Sinks.empty();

        final AtomicInteger calls = new AtomicInteger();

        ServerHttpResponse response = new MockServerHttpResponse();

        boolean cancelsOnSubscribe;

        /** Subscribes once more, as an operator that tries again. */
        boolean twice;

        /** Has a context around it. */
        boolean contextual;

        @Override
        public Context currentContext() {
            return contextual ? Context.of("around", "it") : Context.empty();
        }

        void add(String event) {
            events.add(event.replaceAll("\\[[0-9a-f]+\\] ", "[id] ").replaceAll("@[0-9a-f]{5,8}", "@id"));
        }

        Mono<Void> write(ServerWebExchange exchange, String text) {
            DataBuffer buffer = DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
            exchange.getResponse().getHeaders().setContentType(MediaType.TEXT_PLAIN);
            exchange.getResponse().getHeaders().setContentLength(text.length());
            return exchange.getResponse().writeWith(Mono.just(buffer));
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            add("subscribed");
            if (cancelsOnSubscribe) {
                subscription.cancel();
                ended.countDown();
            } else {
                subscription.request(Long.MAX_VALUE);
            }
        }

        void awaitEnd() throws InterruptedException {
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        protected void hookOnCancel() {
            ended.countDown();
        }

        @Override
        protected void hookOnComplete() {
            add("completed");
            ended.countDown();
        }

        @Override
        protected void hookOnError(Throwable failure) {
            add("failed: " + failure + " suppressing " + suppressed(failure));
            ended.countDown();
        }
    }

    static List<String> suppressed(Throwable failure) {
        return Stream.of(failure.getSuppressed())
                .map(Throwable::toString)
                .filter(text -> !text.contains("The stacktrace has been enhanced"))
                .toList();
    }

    record Recorder(Run run, String throwing) implements ObservationHandler<Observation.Context> {

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        @Override
        public void onStart(Observation.Context context) {
            tell("observation starts", context);
        }

        @Override
        public void onError(Observation.Context context) {
            tell("observation fails: " + context.getError(), context);
        }

        @Override
        public void onStop(Observation.Context context) {
            Map<String, String> tags = new TreeMap<>();
            context.getAllKeyValues().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
            boolean aborted = ((ServerRequestObservationContext) context).isConnectionAborted();
            tell("observation stops: " + tags + context.getError() + (aborted ? " aborted" : ""), context);
        }

        private void tell(String what, Observation.Context context) {
            run.add(context.getName() + ": " + what);
            if (!throwing.isEmpty() && what.startsWith("observation " + throwing)) {
                throw new IllegalStateException("thrown by an observer");
            }
        }
    }

    /** Records what is logged as a warning or an error. */
    private static final class LogRecorder extends AppenderBase<ILoggingEvent> {

        private final Run run;

        LogRecorder(Run run) {
            this.run = run;
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)
                    && event.getLoggerName().startsWith("org.springframework.")) {
                run.add(event.getLevel() + " " + event.getLoggerName() + ": " + event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : " with " + event.getThrowableProxy().getClassName()));
            }
        }
    }

    static ObservationRegistry observed(Run run, String throwing) {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new Recorder(run, throwing));
        return registry;
    }

    /** Handles one with Spring's own handler or with ours, and returns all that happened. */
    static List<String> run(Case one, boolean own, boolean observed) {
        Run run = new Run();
        WebHttpHandlerBuilder builder =
                WebHttpHandlerBuilder.webHandler(one.handler().apply(run));
        if (observed) {
            builder.observationRegistry(observed(run, ""));
        }
        one.parts().accept(run, builder);
        HttpHandler handler = builder.build();
        assertThat(handler).isExactlyInstanceOf(HttpWebHandlerAdapter.class);
        if (own) {
            handler = new CoroutineHttpHandlerDecorator().apply(handler);
            assertThat(handler).isExactlyInstanceOf(CoroutineHttpHandler.class);
        }
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        LogRecorder log = new LogRecorder(run);
        log.start();
        root.addAppender(log);
        Hooks.onErrorDropped(failure -> run.add("dropped: " + failure));
        Hooks.onOperatorError((failure, data) -> {
            run.add("an operator's: " + failure);
            return failure;
        });
        try {
            MockServerHttpRequest request = one.request().apply(run).build();
            Mono<Void> handling = handler.handle(request, run.response);
            run.add("attributes: " + new TreeMap<>(request.getAttributes()).keySet());
            (run.twice ? handling.then(handling) : handling).subscribe(run);
            one.then().accept(run);
            run.awaitEnd();
        } catch (Throwable ex) {
            run.add("thrown: " + ex);
            run.ended.countDown();
        } finally {
            Hooks.resetOnErrorDropped();
            Hooks.resetOnOperatorError();
            root.detachAppender(log);
        }
        assertThat(run.ended.getCount()).as("it has an end").isZero();
        run.add(run.response.getStatusCode() + " " + run.response.isCommitted() + " " + run.response.getHeaders()
                + run.response.getCookies());
        ServerHttpResponse real =
                run.response instanceof ServerHttpResponseDecorator decorator ? decorator.getDelegate() : run.response;
        run.add("body: "
                + ((MockServerHttpResponse) real)
                        .getBodyAsString()
                        .onErrorResume(ex -> Mono.just("" + ex))
                        .block());
        return run.events;
    }
}
