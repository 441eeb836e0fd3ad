package dev.asyncloop.pages;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.CoroutineInfo;
import dev.asyncloop.IOLoop;
import dev.asyncloop.IOLoopOptions;
import dev.asyncloop.LoopStatistics;
import dev.asyncloop.OnBothCarriers;
import dev.asyncloop.Task;
import dev.asyncloop.TaskGroup;
import dev.asyncloop.channel.Channel;
import dev.asyncloop.sync.Lock;
import dev.asyncloop.testing.LeakError;
import dev.asyncloop.testing.VirtualTimeLoop;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The program of {@code docs/seeing-inside.md} and what it prints. */
class SeeingInsidePageTest {

    private static final String PAGE = "docs/seeing-inside.md";

    @Test
    void thePageShowsWhatIsCompiledHere() {
        PageSnippets.assertShown(PAGE, 1, SeeingInsidePageTest.class);
    }

    static String shop(IOLoop loop) {
        Lock stock = new Lock();
        Channel<String> orders = Channel.of(16);
        loop.spawn("inventory", () -> {
            try (var held = stock.hold()) {
                sleep(Duration.ofMinutes(1));
            }
        });
        sleep(Duration.ofMillis(800));
        Task<String> order = loop.spawn("GET /stock/{item}", () -> {
            stock.lock();
            return "in stock";
        });
        loop.spawn(
                "POST /orders",
                () -> TaskGroup.run(group -> {
                    group.spawn("till", () -> await(order));
                    group.spawn(() -> orders.receive());
                    return null;
                }));
        sleep(Duration.ofMillis(1_500));
        return CoroutineInfo.tree(loop.coroutines());
    }

    @OnBothCarriers
    void theProgramPrintsWhatThePageShows(Carrier carrier) {
        AtomicReference<String> tree = new AtomicReference<>("");
        assertThatThrownBy(() -> VirtualTimeLoop.run(IOLoopOptions.defaults().withCarrier(carrier), () -> {
                    tree.set(shop(IOLoop.current()));
                    return null;
                }))
                .isInstanceOf(LeakError.class); // all but main: that is what there is to see
        assertThat(tree.get().lines().toList())
                .isEqualTo(PageSnippets.blocks(PAGE, "text").getFirst().lines().toList());
    }

    @Test
    void thePageExplainsEachNumberAndEachPartOfACoroutine() {
        String page = PageSnippets.read(PageSnippets.page(PAGE));
        assertThat(Arrays.stream(LoopStatistics.class.getRecordComponents()).map(RecordComponent::getName))
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        assertThat(Arrays.stream(CoroutineInfo.class.getRecordComponents()).map(RecordComponent::getName))
                .filteredOn(name -> !name.equals("stack"))
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }
}
