package dev.asyncloop.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.spring.TestApplication;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.result.condition.ProducesRequestCondition;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;

/** Sends requests to an application once with Spring's own dispatcher and once with ours, and compares all that comes of them. */
final class MappingComparison {

    private MappingComparison() {}

    /** A request, and whether it is to be mapped directly. */
    record Case(String name, boolean direct, Supplier<MockServerHttpRequest> request) {

        static Case direct(String method, String target, String... headers) {
            return new Case(method + " " + target, true, () -> request(method, target, headers));
        }

        static Case springs(String method, String target, String... headers) {
            return new Case(method + " " + target, false, () -> request(method, target, headers));
        }

        private static MockServerHttpRequest request(String method, String target, String... headers) {
            MockServerHttpRequest.BodyBuilder request =
                    MockServerHttpRequest.method(HttpMethod.valueOf(method), URI.create(target));
            for (int i = 0; i < headers.length; i += 2) {
                if (headers[i].equals("context path")) {
                    request.contextPath(headers[i + 1]);
                } else {
                    request.header(headers[i], headers[i + 1]);
                }
            }
            return request.build();
        }
    }

    /** All that comes of a request. */
    record Outcome(
            String answer,
            List<String> changes,
            Map<String, String> attributes,
            String pathPattern,
            List<Integer> identities) {}

    /** The attributes of a request, which tell of their changes. */
    private static final class Attributes extends ConcurrentHashMap<String, Object> {

        private final transient List<String> changes = new CopyOnWriteArrayList<>();

        private transient boolean direct;

        Attributes(Map<String, Object> first) {
            super(first);
        }

        @Override
        public @Nullable Object put(String name, Object value) {
            changes.add(name + "=" + text(value));
            if (name.equals(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)) {
                direct = StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().equals(AskedMapping.class.getName())));
            }
            return super.put(name, value);
        }

        @Override
        public @Nullable Object remove(Object name) {
            changes.add("no " + name);
            return super.remove(name);
        }
    }

    static String text(Object value) {
        return String.valueOf(value).replaceAll("@[0-9a-f]{4,8}", "@id").replaceAll("[0-9a-f]{7,8}", "id");
    }

    /** One way for requests, with something in front that records. */
    static final class Way implements WebFilter {

        private final HttpHandler handler;

        private @Nullable Attributes attributes;

        Way(WebHttpHandlerBuilder builder) {
            handler = builder.filters(all -> all.addFirst(this)).build();
        }

        static Way ours(ApplicationContext context) {
            Way way = new Way(WebHttpHandlerBuilder.applicationContext(context));
            assertThat(context.getBean(WebHandler.class)).isInstanceOf(CoroutineDispatcherHandler.class);
            return way;
        }

        static Way springs(ApplicationContext context) {
            WebHttpHandlerBuilder builder = WebHttpHandlerBuilder.webHandler(new DispatcherHandler(context));
            context.getBeanProvider(WebFilter.class).orderedStream().forEach(builder::filter);
            context.getBeanProvider(WebExceptionHandler.class).orderedStream().forEach(builder::exceptionHandler);
            return new Way(builder);
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain next) {
            Attributes attributes = new Attributes(exchange.getAttributes());
            this.attributes = attributes;
            return next.filter(new ServerWebExchangeDecorator(exchange) {
                @Override
                public Map<String, Object> getAttributes() {
                    return attributes;
                }
            });
        }

        Outcome send(MockServerHttpRequest request) {
            MockServerHttpResponse response = new MockServerHttpResponse();
            handler.handle(request, response).block(Duration.ofSeconds(20));
            Attributes attributes = Objects.requireNonNull(this.attributes);
            Map<String, String> texts = new TreeMap<>();
            attributes.forEach((name, value) -> texts.put(name, text(value)));
            texts.remove(ServerWebExchange.LOG_ID_ATTRIBUTE);
            texts.remove(ServerRequestObservationContext.CURRENT_OBSERVATION_CONTEXT_ATTRIBUTE);
            ServerRequestObservationContext observed =
                    ServerRequestObservationContext.findCurrent(attributes).orElseThrow();
            List<Integer> identities = new ArrayList<>();
            for (String name : List.of(
                    HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE,
                    HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
                    HandlerMapping.MATRIX_VARIABLES_ATTRIBUTE)) {
                Object value = attributes.get(name);
                identities.add(value instanceof Map<?, ?> map && !map.isEmpty() ? 0 : System.identityHashCode(value));
            }
            String answer = response.getStatusCode() + " "
                    + new TreeMap<>(response.getHeaders().toSingleValueMap()) + " "
                    + response.getBodyAsString().block(Duration.ofSeconds(20));
            return new Outcome(
                    answer.replaceAll("\"(timestamp|requestId)\":\"[^\"]*\"|Content-Length=1[0-9]{2}", "some"),
                    withoutRepetitions(attributes.changes),
                    texts,
                    String.valueOf(observed.getPathPattern()),
                    identities);
        }

        /**
         * Spring also asks the mapping of routes where there are none, which says once more that there is no version; and a
         * mapping of endpoints, which makes itself a note and throws it away.
         */
        private static List<String> withoutRepetitions(List<String> changes) {
            List<String> different = new ArrayList<>();
            for (String change : changes) {
                boolean isNote = change.startsWith(ProducesRequestCondition.class.getName() + ".MEDIA_TYPES=");
                if (isNote) {
                    continue;
                }
                if (different.isEmpty() || !different.getLast().equals(change)) {
                    different.add(change);
                }
            }
            return different;
        }

        /** Returns whether the last request was mapped, and not by Spring. */
        boolean isDirect() {
            return Objects.requireNonNull(attributes).direct;
        }
    }

    /** Sends each request both ways, ours three times. */
    static void compare(TestApplication application, Case... cases) {
        Way springs = Way.springs(application.context());
        Way ours = Way.ours(application.context());
        SoftAssertions all = new SoftAssertions();
        for (Case tried : cases) {
            Outcome expected = springs.send(tried.request.get());
            all.assertThat(springs.isDirect()).as(tried.name).isFalse();
            for (String time : List.of("first", "second", "third")) {
                all.assertThat(ours.send(tried.request.get()))
                        .as("%s, the %s time", tried.name, time)
                        .isEqualTo(expected);
                all.assertThat(ours.isDirect())
                        .as("%s, the %s time, is mapped directly", tried.name, time)
                        .isEqualTo(tried.direct);
            }
        }
        all.assertAll();
    }
}
