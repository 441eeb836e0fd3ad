package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.autoconfigure.IOLoopAutoConfiguration;
import dev.asyncloop.spring.autoconfigure.IOLoopWebFluxAutoConfiguration;
import dev.asyncloop.sync.Event;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/**
 * Suspends a number of handlers, prints the heap in use, and lets them answer; again and again until the heap is as small as
 * asked for, as a frame that is not compiled yet is kept in several times the room. A program, so that the heap is its own.
 */
final class ManySuspendedHandlers {

    private ManySuspendedHandlers() {}

    /**
     * @param args how many handlers; how many bytes are good enough; how many rounds at most
     */
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]);
        long enough = Long.parseLong(args[1]);
        int rounds = Integer.parseInt(args[2]);
        try (AnnotationConfigReactiveWebApplicationContext context =
                new AnnotationConfigReactiveWebApplicationContext(Application.class)) {
            IOLoop loop = context.getBean(IOLoop.class);
            System.out.println(loop.carrier() + ", at rest " + heapInUse());
            long used = Long.MAX_VALUE;
            for (int i = 0; i < rounds && used > enough; i++) {
                Round round = new Round(context, loop);
                round.suspend(count);
                used = heapInUse();
                int suspended = loop.statistics().live();
                System.out.println(
                        "suspended " + suspended + ", heap " + used + ", rightly answered " + round.rightAnswers());
            }
        }
    }

    private static long heapInUse() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** A number of requests that are under way together. */
    private static final class Round {

        private final MockExchanges mocks = new MockExchanges();

        private final WebHandler webHandler;

        private final IOLoop loop;

        private final Handlers handlers;

        private final List<ServerWebExchange> exchanges = new ArrayList<>();

        private CountDownLatch answered = new CountDownLatch(0);

        Round(ApplicationContext context, IOLoop loop) {
            this.webHandler = context.getBean(WebHttpHandlerBuilder.WEB_HANDLER_BEAN_NAME, WebHandler.class);
            this.loop = loop;
            this.handlers = context.getBean(Handlers.class);
        }

        void suspend(int count) throws InterruptedException {
            inLoop(handlers.gate::clear);
            CountDownLatch answered = new CountDownLatch(count);
            this.answered = answered;
            for (int i = 0; i < count; i++) {
                ServerWebExchange exchange = mocks.get("/number");
                exchanges.add(exchange);
                webHandler
                        .handle(exchange)
                        .doFinally(end -> answered.countDown())
                        .subscribe();
            }
            while (handlers.waiting != count) {
                loop.runSync(() -> null);
            }
        }

        private void inLoop(Runnable action) {
            loop.runSync(() -> {
                action.run();
                return null;
            });
        }

        /** Opens the gate; returns how many have got the right answer. */
        int rightAnswers() throws InterruptedException {
            inLoop(handlers.gate::set);
            if (!answered.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException(answered.getCount() + " have not ended within a minute");
            }
            handlers.waiting = 0;
            int right = 0;
            for (int i = 0; i < exchanges.size(); i++) {
                right += ("number " + (i + 1)).equals(MockExchanges.body(exchanges.get(i))) ? 1 : 0;
            }
            return right;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        IOLoopAutoConfiguration.class,
        HttpHandlerAutoConfiguration.class,
        WebFluxAutoConfiguration.class,
        IOLoopWebFluxAutoConfiguration.class
    })
    @Import(Handlers.class)
    static class Application {}

    @RestController
    static class Handlers {

        final Event gate = new Event();

        volatile int waiting;

        @Coroutine
        @GetMapping("/number")
        String number() {
            int number = ++waiting;
            gate.await();
            return "number " + number;
        }
    }
}
