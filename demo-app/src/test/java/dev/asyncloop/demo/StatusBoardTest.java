package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class StatusBoardTest {

    private static final ProbeResult UP = new ProbeResult(State.UP, 12, 200, null);

    private static final ProbeResult SLOW = new ProbeResult(State.SLOW, 800, 200, null);

    private static final ProbeResult DOWN = new ProbeResult(State.DOWN, 3, 503, "It answered 503");

    private final IOLoop loop = IOLoop.create();

    private final BoardProperties properties =
            new BoardProperties(Duration.ofSeconds(3), Duration.ofMillis(500), 3, 4, 10, List.of());

    private final StatusBoard board = new StatusBoard(loop, properties);

    @AfterEach
    void closeLoop() {
        loop.close();
    }

    @Test
    void probesAllWatchesAtOnce() {
        List<String> order = new ArrayList<>();
        Prober prober = url -> {
            order.add("start " + url.getHost());
            Async.sleep(Duration.ofMillis(url.getHost().equals("a") ? 20 : 10));
            order.add("end " + url.getHost());
            return UP;
        };
        loop.runSync(() -> {
            board.add("a", URI.create("http://a/"), prober);
            board.add("b", URI.create("http://b/"), prober);
            Async.sleep(Duration.ofMillis(30));
            order.clear();
            board.probeAll();
            return order;
        });
        assertThat(order).containsExactly("start a", "start b", "end b", "end a");
    }

    @Test
    void probesANewWatchWithoutWaitingForTheNextRound() {
        Board update = loop.runSync(() -> {
            try (var updates = board.updates()) {
                board.add("a", URI.create("http://a/"), url -> UP);
                return updates.receive(Duration.ofSeconds(5));
            }
        });
        assertThat(update.watches()).singleElement().satisfies(watch -> {
            assertThat(watch.last()).isEqualTo(UP);
            assertThat(watch.probes()).isEqualTo(1);
        });
    }

    @Test
    void keepsTheNewestResultsOnly() {
        List<ProbeResult> results = new ArrayList<>(List.of(UP, UP, SLOW, DOWN, UP));
        Watch.View watch = loop.runSync(() -> {
            board.add("a", URI.create("http://a/"), url -> results.removeFirst());
            Async.yieldNow();
            for (int round = 0; round < 4; round++) {
                board.probeAll();
            }
            return board.board().watches().getFirst();
        });
        assertThat(watch.probes()).isEqualTo(5);
        assertThat(watch.history()).extracting(Watch.Bar::state).containsExactly(State.SLOW, State.DOWN, State.UP);
        assertThat(watch.last()).isEqualTo(UP);
    }

    @Test
    void countsSlowAsUpAndUnknownAsNot() {
        Board now = loop.runSync(() -> {
            board.add("a", URI.create("http://a/"), url -> UP);
            board.add("b", URI.create("http://b/"), url -> SLOW);
            board.add("c", URI.create("http://c/"), url -> DOWN);
            Async.yieldNow();
            board.add("d", URI.create("http://d/"), url -> UP);
            return board.board();
        });
        assertThat(now.up()).isEqualTo(2);
        assertThat(now.watches()).extracting(Watch.View::name).containsExactly("a", "b", "c", "d");
        assertThat(now.carrier()).isEqualTo(loop.carrier());
    }

    @Test
    void refusesADuplicate() {
        assertThat(refusalOfLast("http://a/", "http://a/"))
                .matches(ex -> ex.getStatusCode() == HttpStatus.CONFLICT)
                .satisfies(ex -> assertThat(ex.getBody().getDetail()).contains("\"http://a/\" is watched already"));
    }

    @Test
    void refusesMoreThanTheLimit() {
        assertThat(refusalOfLast("http://a/", "http://b/", "http://c/", "http://d/", "http://e/"))
                .matches(ex -> ex.getStatusCode() == HttpStatus.BAD_REQUEST)
                .satisfies(ex -> assertThat(ex.getBody().getDetail())
                        .isEqualTo("'url' \"http://e/\" is one watch too many; remove one of the 4 first"));
    }

    @Test
    void removesAWatchOnce() {
        loop.runSync(() -> {
            String id = board.add("a", URI.create("http://a/"), url -> UP).id();
            assertThat(board.remove(id)).isTrue();
            assertThat(board.remove(id)).isFalse();
            assertThat(board.board().watches()).isEmpty();
            return id;
        });
    }

    @Test
    void givesASlowReaderTheNewestBoardOnly() {
        loop.runSync(() -> {
            try (var updates = board.updates()) {
                for (int number = 1; number <= 3; number++) {
                    board.add("a", URI.create("http://host-" + number + "/"), url -> UP);
                    Async.sleep(Duration.ofMillis(150));
                }
                assertThat(updates.receive().watches()).hasSize(3);
                assertThat(updates.tryReceive()).isNull();
            }
            return null;
        });
    }

    @Test
    void countsItsChanges() {
        loop.runSync(() -> {
            long before = board.board().version();
            board.add("a", URI.create("http://a/"), url -> UP);
            Async.yieldNow();
            long after = board.board().version();
            assertThat(after).isGreaterThan(before);
            assertThat(board.board().version()).isEqualTo(after);
            return null;
        });
    }

    @Test
    void endsItsStreamsWithTheApplication() {
        Iterable<Board> ended = loop.runSync(() -> {
            var updates = board.updates();
            board.end();
            board.add("a", URI.create("http://a/"), url -> UP);
            Async.sleep(Duration.ofMillis(150));
            return List.copyOf(all(updates));
        });
        assertThat(ended).isEmpty();
    }

    private static List<Board> all(Iterable<Board> updates) {
        List<Board> all = new ArrayList<>();
        updates.forEach(all::add);
        return all;
    }

    private InvalidInputException refusalOfLast(String... urls) {
        return assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> loop.runSync(() -> {
                    for (String url : urls) {
                        board.add("name", URI.create(url), probed -> UP);
                    }
                    return null;
                }))
                .actual();
    }
}
