package dev.asyncloop.spring.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Spring's {@link DispatcherHandler} for applications with coroutine handlers: it asks the same mappings, adapters and result
 * handlers, but has a coroutine handler's request in a {@link DispatchedRequest} instead of in operators.
 */
final class CoroutineDispatcherHandler extends DispatcherHandler {

    private @Nullable Dispatch dispatch;

    CoroutineDispatcherHandler(ApplicationContext context) {
        super(context);
    }

    @Override
    protected void initStrategies(ApplicationContext context) {
        super.initStrategies(context);
        List<HandlerAdapter> adapters = sorted(context, HandlerAdapter.class);
        HandlerResults results = new HandlerResults(adapters, sorted(context, HandlerResultHandler.class));
        dispatch = new Dispatch(
                mappings(),
                adapters,
                context.getBean(CoroutineHandlerAdapter.class),
                results,
                DirectAnswers.of(results));
    }

    /** Returns those that may have a handler. */
    private List<AskedMapping> mappings() {
        return Objects.requireNonNull(getHandlerMappings()).stream()
                .filter(mapping -> mapping.getClass() != RouterFunctionMapping.class
                        || ((RouterFunctionMapping) mapping).getRouterFunction() != null)
                .map(AskedMapping::new)
                .toList();
    }

    private static <T> List<T> sorted(ApplicationContext context, Class<T> type) {
        List<T> beans = new ArrayList<>(BeanFactoryUtils.beansOfTypeIncludingAncestors(context, type, true, false)
                .values());
        AnnotationAwareOrderComparator.sort(beans);
        return beans;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        Dispatch dispatch = this.dispatch;
        return dispatch == null || CorsUtils.isPreFlightRequest(exchange.getRequest())
                ? super.handle(exchange)
                : new Handling(dispatch, exchange);
    }

    /**
     * What a request is dispatched with.
     * @param answers null if there are none that can be given directly
     */
    record Dispatch(
            List<AskedMapping> mappings,
            List<HandlerAdapter> adapters,
            CoroutineHandlerAdapter coroutines,
            HandlerResults results,
            @Nullable DirectAnswers answers) {}

    /** A request that is dispatched for each subscriber, which is one, unless a filter tries again. */
    private static final class Handling extends Mono<Void> {

        private final Dispatch dispatch;

        private final ServerWebExchange exchange;

        Handling(Dispatch dispatch, ServerWebExchange exchange) {
            this.dispatch = dispatch;
            this.exchange = exchange;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            new DispatchedRequest(dispatch, exchange, actual).begin();
        }
    }
}
