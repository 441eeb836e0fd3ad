package dev.asyncloop.demo;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.Periodic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** An application that has all troubles at once, as soon as somebody asks for them. */
@RestController
class Troubles implements DisposableBean {

    /** From somebody who has given it as a name. */
    static final String OLDEST = "import <script>document.title = 'taken'</script> of ada";

    private final IOLoop loop;

    private final AsyncHttpClient http;

    private final Site site = Site.start();

    private final List<Task<?>> started = new ArrayList<>();

    private final AtomicInteger refreshes = new AtomicInteger();

    private volatile CountDownLatch held = new CountDownLatch(1);

    Troubles(IOLoop loop, AsyncHttpClient http) {
        this.loop = loop;
        this.http = http;
    }

    /** Keeps the turn as {@code Thread.sleep} does: I/O goes on, and nobody else. */
    @Coroutine
    @GetMapping("/report/{year}")
    String report(@PathVariable int year) throws InterruptedException {
        held.await();
        return "report of " + year;
    }

    @Coroutine
    @GetMapping("/quotes/{symbol}")
    String quote(@PathVariable String symbol) {
        Async.spawn("pricing of " + symbol, () -> sleep(Duration.ofHours(1)));
        return await(http.fetch(site.url("/never"))).text();
    }

    void holdNext() {
        held = new CountDownLatch(1);
    }

    void letGo() {
        held.countDown();
    }

    void startOldest() {
        started.add(loop.spawn(OLDEST, () -> sleep(Duration.ofHours(2))));
    }

    void queue(int fetches) {
        for (int i = 0; i < fetches; i++) {
            started.add(http.fetch(site.url("/never")));
        }
    }

    /** Ends all that was started here. */
    void stop() {
        started.forEach(task -> task.cancel(false));
        started.clear();
    }

    int refreshes() {
        return refreshes.get();
    }

    @Periodic(every = "1h", initialDelay = "0", name = "rates.refresh")
    void refreshRates() {
        refreshes.incrementAndGet();
        throw new IllegalStateException("rates.example has answered 503");
    }

    @Periodic(every = "30s", initialDelay = "0", name = "sessions.sweep")
    void sweepSessions() {
        sleep(Duration.ofMillis(12));
    }

    @Periodic(cron = "0 30 6 * * MON-FRI", zone = "Europe/Berlin", name = "report.daily")
    void dailyReport() {}

    @Override
    public void destroy() {
        letGo();
        site.close();
    }
}
