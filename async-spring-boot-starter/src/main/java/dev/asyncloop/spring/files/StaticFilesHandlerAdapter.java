package dev.asyncloop.spring.files;

import dev.asyncloop.IOLoop;
import org.springframework.core.Ordered;
import org.springframework.http.codec.ResourceHttpMessageWriter;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.handler.AbstractUrlHandlerMapping;
import org.springframework.web.reactive.resource.ResourceWebHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Serves static files with Spring's own handler, which looks for the file, its time and its length: in the loop's executor
 * instead of on the event loop.
 */
public final class StaticFilesHandlerAdapter implements HandlerAdapter, Ordered {

    private final OffLoop offLoop;

    /**
     * Makes an adapter, and gives the mappings' handlers a writer.
     * @param mappings where the handlers are; one with a writer of a kind of its own keeps it
     */
    public StaticFilesHandlerAdapter(
            IOLoop loop, OffLoopResourceWriter writer, Iterable<AbstractUrlHandlerMapping> mappings) {
        this.offLoop = new OffLoop(loop);
        for (AbstractUrlHandlerMapping mapping : mappings) {
            for (Object handler : mapping.getHandlerMap().values()) {
                if (handler instanceof ResourceWebHandler files && hasSpringsWriter(files)) {
                    files.setResourceHttpMessageWriter(writer);
                }
            }
        }
    }

    private static boolean hasSpringsWriter(ResourceWebHandler handler) {
        ResourceHttpMessageWriter writer = handler.getResourceHttpMessageWriter();
        return writer == null || writer.getClass() == ResourceHttpMessageWriter.class;
    }

    /** Before Spring's adapter for everything of this kind, which is last. */
    @Override
    public int getOrder() {
        return 0;
    }

    @Override
    public boolean supports(Object handler) {
        return handler instanceof ResourceWebHandler;
    }

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        return offLoop.andBack(Mono.defer(() -> ((ResourceWebHandler) handler).handle(exchange)))
                .then(Mono.empty());
    }
}
