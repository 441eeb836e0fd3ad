package dev.asyncloop;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start and the end of coroutines in the JDK's Flight Recorder. */
@Timeout(120)
class FlightRecorderTest {

    private static final String START = "dev.asyncloop.CoroutineStart";

    private static final String END = "dev.asyncloop.CoroutineEnd";

    @TempDir
    private Path folder;

    private List<RecordedEvent> record(Carrier carrier, boolean enabled) throws Exception {
        Path file = folder.resolve(carrier + ".jfr");
        try (Recording recording = new Recording()) {
            if (enabled) {
                recording.enable(START);
                recording.enable(END);
            }
            recording.start();
            work(carrier);
            recording.stop();
            recording.dump(file);
        }
        assertThat(Files.size(file)).isPositive();
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.asyncloop."))
                .filter(event -> event.getString("loop").equals("recorded"))
                .toList();
    }

    private static void startHere(IOLoop loop) throws Exception {
        loop.spawn("parent", () -> {
                    Task<?> child = Async.spawn("child", () -> {
                        throw new IllegalStateException("boom");
                    });
                    Async.spawn("left behind", () -> sleep(Duration.ofHours(1)));
                    assertThatThrownBy(() -> await(child)).hasMessage("boom");
                    return null;
                })
                .get(20, TimeUnit.SECONDS);
    }

    private static void work(Carrier carrier) throws Exception {
        try (IOLoop loop = IOLoop.create(Loops.options(carrier).withName("recorded"))) {
            startHere(loop);
        }
    }

    @OnBothCarriers
    void startAndEndOfEachCoroutineForWhoRecordsThem(Carrier carrier) throws Exception {
        List<RecordedEvent> events = record(carrier, true);
        List<RecordedEvent> starts = events.stream()
                .filter(event -> event.getEventType().getName().equals(START))
                .toList();
        assertThat(starts)
                .extracting(event -> event.getString("coroutineName"))
                .containsExactlyInAnyOrder("parent", "child", "left behind");
        RecordedEvent parent = of(starts, "parent");
        assertThat(parent.getLong("parentId")).isZero();
        assertThat(of(starts, "child").getLong("parentId")).isEqualTo(parent.getLong("coroutineId"));
        assertThat(parent.getStackTrace().getFrames())
                .anyMatch(frame -> frame.getMethod().getName().equals("startHere"));

        List<RecordedEvent> ends = events.stream()
                .filter(event -> event.getEventType().getName().equals(END))
                .toList();
        assertThat(ends)
                .extracting(
                        event -> event.getString("coroutineName"),
                        event -> event.getString("outcome"),
                        event -> event.getString("failure"))
                .containsExactlyInAnyOrder(
                        tuple("parent", "returned", ""),
                        tuple("child", "failed", "java.lang.IllegalStateException"),
                        tuple("left behind", "cancelled", "java.util.concurrent.CancellationException"));
        assertThat(of(ends, "child").getLong("coroutineId"))
                .isEqualTo(of(starts, "child").getLong("coroutineId"));
        assertThat(of(ends, "parent").getThread().getJavaName()).isEqualTo("parent #" + parent.getLong("coroutineId"));
    }

    private static RecordedEvent of(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getString("coroutineName").equals(name))
                .findAny()
                .orElseThrow();
    }

    @OnBothCarriers
    void aRecordingThatDoesNotAskForThemHasNone(Carrier carrier) throws Exception {
        assertThat(record(carrier, false)).isEmpty();
    }

    @Test
    void theyAreDescribed() throws Exception {
        work(Carrier.JDK);
        List<EventType> types = FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .filter(type -> type.getName().startsWith("dev.asyncloop.Coroutine"))
                .toList();
        assertThat(types).hasSize(2).allSatisfy(type -> {
            assertThat(type.getLabel()).startsWith("Coroutine ");
            assertThat(type.getDescription()).isNotBlank();
            assertThat(type.getCategoryNames()).containsExactly("Async Loop");
        });
    }
}
