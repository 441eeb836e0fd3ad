package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.pages.PageSnippets;
import dev.asyncloop.sync.Lock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The page on what the watchdog says: its snippets are compiled here, its messages are those, and its tests exist. */
class TroubleshootingPageTest {

    private static final String PAGE = "docs/troubleshooting.md";

    Mono<String> handle(IOLoop loop, AsyncHttpClient http, String url) {
        return loop.mono("handle " + url, () -> await(http.fetch(url)).text());
    }

    private final Lock lock = new Lock(); // of dev.asyncloop.sync

    int refresh(AsyncHttpClient http) {
        lock.lock();
        try {
            return await(http.fetch("https://a.example/")).status();
        } finally {
            lock.unlock();
        }
    }

    Optional<String> trouble(IOLoop loop) {
        SlowCallback held = loop.slowCallback(); // null while all is well
        return held != null ? Optional.of(held + ", and " + held.waiting() + " wait") : Optional.empty();
    }

    @Test
    void thePageShowsWhatIsCompiledHere() {
        PageSnippets.assertShown(PAGE, 3, TroubleshootingPageTest.class);
    }

    @OnBothCarriers
    void aFreeLoopIsInNoTrouble(Carrier carrier) {
        try (IOLoop loop = Loops.on(carrier)) {
            assertThat(trouble(loop)).isEmpty();
        }
    }

    @Test
    void itHasARowForAllThatTheWatchdogCanSay() throws IOException {
        String page = Files.readString(Path.of("..", PAGE));
        for (Hold hold : Hold.values()) {
            assertThat(page).contains("| `" + hold.what() + "` |");
        }
    }
}
