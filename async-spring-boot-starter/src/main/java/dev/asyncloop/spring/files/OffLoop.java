package dev.asyncloop.spring.files;

import dev.asyncloop.IOLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Away from the loop to its executor, and back. */
final class OffLoop {

    private final Scheduler executor;

    private final Scheduler eventLoop;

    OffLoop(IOLoop loop) {
        this.executor = Schedulers.fromExecutor(
                task -> loop.runInExecutor(() -> {
                    task.run();
                    return true;
                }),
                true);
        this.eventLoop = Schedulers.fromExecutor(loop.eventLoopGroup());
    }

    /** Calls in the executor; what comes out is signalled on the event loop. */
    <T> Mono<T> call(Callable<T> work) {
        return andBack(Mono.fromCallable(work));
    }

    /** Subscribes in the executor; what comes out is signalled on the event loop. */
    <T> Mono<T> andBack(Mono<T> work) {
        return work.subscribeOn(executor)
                .publishOn(eventLoop)
                .onErrorMap(RejectedExecutionException.class, OffLoop::unavailable);
    }

    /**
     * Produces in the executor, one more than is asked for; what comes out is signalled on the event loop. So is its end: an
     * answer that is ended from another thread, while the client's next request comes, may cost Reactor Netty that request.
     */
    <T> Flux<T> produce(Flux<T> source) {
        return source.subscribeOn(executor)
                .publishOn(eventLoop, 1)
                .onErrorMap(RejectedExecutionException.class, OffLoop::unavailable);
    }

    private static ResponseStatusException unavailable(Throwable ex) {
        return new ResponseStatusException(
                HttpStatus.SERVICE_UNAVAILABLE, "The executor, which reads files, takes no more", ex);
    }
}
