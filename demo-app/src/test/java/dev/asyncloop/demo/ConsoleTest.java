package dev.asyncloop.demo;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.openqa.selenium.support.ui.ExpectedConditions.textMatches;
import static org.openqa.selenium.support.ui.ExpectedConditions.textToBe;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.Periodic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The console of an application in trouble says in at most two clicks what the trouble is. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "ioloop.http-client.max-total=2",
            "ioloop.watchdog.quiet-start=0s",
            "logging.level.org.openqa.selenium=error"
        })
class ConsoleTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Troubles.class)
    static class Application {}

    /** Of somebody who knows HTML. */
    private static final String OLDEST = "import of <script>document.title = 'taken'</script>";

    @LocalServerPort
    private int port;

    @Autowired
    private Troubles troubles;

    private Page page;

    private int clicks;

    @BeforeEach
    void openConsole() throws IOException {
        page = Page.openConsole(port);
    }

    @AfterEach
    void closeConsole() {
        troubles.letGo();
        troubles.stop();
        if (page != null) {
            page.close();
        }
    }

    private void click(String selector) {
        clicks++;
        assertThat(clicks).as("clicks").isLessThanOrEqualTo(2);
        page.find(By.cssSelector(selector)).click();
    }

    private void sees(String selector, String pattern) {
        page.waitFor(textMatches(By.cssSelector(selector), Pattern.compile(pattern, Pattern.DOTALL)));
    }

    private CompletableFuture<HttpResponse<String>> get(String path) {
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whoHoldsTheLoopAndWhere() throws IOException {
        sees("#state", "Running");
        troubles.holdNext();
        CompletableFuture<HttpResponse<String>> report = get("/report/2026");
        sees("#state", "Blocked by GET /report/\\{year}");
        sees("#tile-holder .answer", "GET /report/\\{year}");
        sees("#tile-holder .more", "the turn, for .* m?s");
        click("#held .toggle");
        sees("#held .stack", ".*CountDownLatch\\.await.*Troubles\\.report\\(ConsoleTest\\.java:\\d+\\).*");
        sees("#held .way-out", ".*Async\\.blocking.*");
        troubles.letGo();
        assertThat(report.join().body()).isEqualTo("report of 2026");
        sees("#state", "Running");
        sees("#tile-holder .answer", "Nobody");
        click("#slow .toggle");
        sees("#slow .stack", ".*Troubles\\.report.*");
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void whichCoroutineIsOldestWhatItWaitsForAndWhereAndCancelsIt() {
        troubles.start(OLDEST);
        sees("#tile-oldest .answer", Pattern.quote(OLDEST));
        sees("#tile-oldest .more", ".* old, waits for sleep of 2 h");
        click("#tile-oldest");
        sees("#coroutine-rows .row:first-child .stack", ".*Async\\.sleep.*Troubles.*");
        assertThat(page.driver().getTitle()).isEqualTo("IOLoop console");
        assertThat(page.driver().findElements(By.cssSelector("main script"))).isEmpty();

        By cancel = By.cssSelector("#coroutine-rows .row:first-child .cancel");
        page.find(cancel).click();
        page.waitFor(textToBe(cancel, "Click again to cancel it"));
        page.waitFor(driver -> {
            // once more if the second click comes too late to be one
            page.driver().executeScript("document.querySelector('#coroutine-rows .cancel')?.click()");
            return driver.findElement(By.cssSelector("#tile-oldest .answer"))
                    .getText()
                    .equals("None lives");
        });
    }

    @Test
    void whichPeriodicFailedAndWhyAndSteersIt() {
        sees("#tile-periodics .answer", "rates.refresh failed");
        sees("#tile-periodics .more", "java.lang.IllegalStateException: rates.example has answered 503");
        click("#tile-periodics");
        sees("#periodic-rows .last-error", "Last failure at .*: java.lang.IllegalStateException: rates.*");

        int before = troubles.refreshes();
        By row = By.xpath("//li[contains(@class, 'periodic')][.//button[text()='rates.refresh']]");
        page.find(row).findElement(By.className("trigger")).click();
        page.waitFor(driver -> troubles.refreshes() > before);
        page.find(row).findElement(By.className("pause")).click();
        page.waitFor(driver -> driver.findElement(row).getText().startsWith("paused"));
        page.find(row).findElement(By.className("resume")).click();
        page.waitFor(driver -> driver.findElement(row).getText().startsWith("scheduled"));
        assertThat(page.find(row).findElement(By.className("resume")).isDisplayed())
                .isFalse();
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void whetherTheClientQueuesAndForWhom() {
        sees("#tile-client .answer", "No");
        sees("#tile-client .more", "0 of 2 slots in use");
        sees("#phase-rows", "queue.*resolve.*connect.*tls.*first byte.*body.*times");
        troubles.queue(5);
        sees("#tile-client .answer", "Yes, 3 waiting");
        click("#tile-client");
        sees(
                "#client-rows",
                "http-client\\s+2 of 2\\s+3 waiting\\s+http-client http://127.0.0.1:\\d+\\s+2 of 100\\s+3 waiting");
    }

    @Test
    void withoutAnAnswerItSaysSinceWhenAndKeepsWhatItKnew() {
        sees("#tile-periodics .answer", "rates.refresh failed");
        page.offline(true);
        sees("#link", "no answer since \\d\\d:\\d\\d:\\d\\d");
        sees("#tile-periodics .answer", "rates.refresh failed");
        page.offline(false);
        sees("#link", "live");
    }

    @Test
    void isReachedByKeyboardAlone() {
        troubles.start(OLDEST);
        sees("#tile-oldest .answer", Pattern.quote(OLDEST));
        page.type(Keys.TAB, Keys.TAB, Keys.ENTER);
        sees("#coroutine-rows .row:first-child .stack", ".*Async\\.sleep.*");
        Set<String> reached = new HashSet<>();
        for (int presses = 0; presses < 20; presses++) {
            reached.add((String) page.driver().executeScript(Page.FOCUSED));
            page.type(Keys.TAB);
        }
        assertThat(reached)
                .contains(
                        "toggle name solid",
                        "stack solid",
                        "cancel danger solid",
                        "quiet trigger solid",
                        "quiet pause solid")
                .filteredOn(one -> !one.startsWith("BODY"))
                .allMatch(one -> one.endsWith(" solid"));
    }

    @Test
    void fitsEveryScreen() throws IOException {
        troubles.start("import of prices.csv");
        troubles.queue(5);
        troubles.holdNext();
        CompletableFuture<HttpResponse<String>> quote = get("/quotes/ABC");
        sees("#coroutine-rows", ".*pricing of ABC.*");
        CompletableFuture<HttpResponse<String>> report = get("/report/2026");
        sees("#state", "Blocked by .*");
        for (String colours : List.of("light", "dark")) {
            for (int width : List.of(360, 1280)) {
                page.look(width, 860, colours);
                assertThat(page.screenshot("console-" + colours + "-" + width)).isNotEmptyFile();
                assertThat(page.driver().executeScript(Page.WIDER)).isEqualTo(0L);
            }
        }
        troubles.letGo();
        report.join();
        quote.cancel(true);
    }

    /** An application that has all troubles at once, as soon as somebody asks for them. */
    @RestController
    static class Troubles implements DisposableBean {

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

        void start(String name) {
            started.add(loop.spawn(name, () -> sleep(Duration.ofHours(2))));
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
}
