package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.Async;
import dev.asyncloop.channel.Subscription;
import dev.asyncloop.testing.LoopTest;
import dev.asyncloop.testing.VirtualTimeLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** The chat without sockets, in virtual time. */
class ChatRoomTest {

    private static final Duration PACE = Duration.ofMillis(500);

    private static final Duration AWAY = Duration.ofSeconds(3);

    private static final int HISTORY = 3;

    private static final int MOST = 3;

    private ChatRoom room;

    @BeforeEach
    void openRoom(VirtualTimeLoop loop) {
        room = new ChatRoom(loop, new ChatProperties(HISTORY, MOST, PACE, AWAY));
    }

    @LoopTest
    void tellsEachWhatTheOtherSays() {
        try (var ada = room.enter("Ada");
                var bob = room.enter("Bob")) {
            ada.say("hello");
            bob.say("hi");
            assertThat(news(ada)).containsExactly("JOINED Bob ", "SAID Ada hello", "SAID Bob hi");
            assertThat(news(bob)).containsExactly("SAID Ada hello", "SAID Bob hi");
        }
        everybodyHasLeft();
    }

    @LoopTest
    void tellsWhoIsHere() {
        try (var ada = room.enter("Ada");
                var bob = room.enter(" Bob ")) {
            assertThat(ada.welcome().here()).containsExactly("Ada", "Bob");
            assertThat(bob.welcome().name()).isEqualTo("Bob");
        }
        everybodyHasLeft();
        try (var cleo = room.enter("Cleo")) {
            assertThat(cleo.welcome().here()).containsExactly("Cleo");
        }
        everybodyHasLeft();
    }

    @LoopTest
    void whoIsBackAtOnceHasNotLeft() {
        try (var ada = room.enter("Ada")) {
            room.enter("Bob").close();
            Async.sleep(AWAY.minusMillis(1));
            try (var again = room.enter("Bob")) {
                Async.sleep(AWAY);
                assertThat(news(ada)).containsExactly("JOINED Bob ");
                assertThat(again.welcome().here()).containsExactly("Ada", "Bob");
            }
            everybodyHasLeft();
            assertThat(news(ada)).containsExactly("LEFT Bob ");
        }
        everybodyHasLeft();
    }

    @LoopTest
    void aGuestWithTwoConnectionsLeavesWithTheLast() {
        try (var ada = room.enter("Ada")) {
            try (var bob = room.enter("Bob")) {
                room.enter("Bob").close();
                Async.sleep(AWAY);
                assertThat(bob.welcome().here()).containsExactly("Ada", "Bob");
            }
            Async.sleep(AWAY);
            assertThat(news(ada)).containsExactly("JOINED Bob ", "LEFT Bob ");
        }
        everybodyHasLeft();
    }

    @LoopTest
    void showsANewGuestTheLastMessagesAndNothingElse(VirtualTimeLoop loop) {
        try (var ada = room.enter("Ada")) {
            for (int number = 1; number <= HISTORY + 1; number++) {
                ada.say("message " + number);
            }
            try (var bob = room.enter("Bob")) {
                assertThat(bob.welcome().history())
                        .extracting(ChatLine::text)
                        .containsExactly("message 2", "message 3", "message 4");
                assertThat(bob.welcome().history())
                        .extracting(ChatLine::at)
                        .first()
                        .isEqualTo(PACE.toMillis());
                assertThat(bob.lines().size()).isZero();
            }
        }
        everybodyHasLeft();
    }

    @LoopTest
    void holdsUpWhoTalksWithoutEnd(VirtualTimeLoop loop) {
        try (var ada = room.enter("Ada")) {
            for (int number = 0; number < 10; number++) {
                ada.say("spam");
            }
        }
        assertThat(loop.elapsed()).isEqualTo(PACE.multipliedBy(10));
        everybodyHasLeft();
    }

    @LoopTest
    void takesAsManyVisitsAsAllowedAndNotOneMore() {
        List<ChatRoom.Visit> visits = new ArrayList<>();
        for (int number = 0; number < MOST; number++) {
            visits.add(room.enter("Ada"));
        }
        assertThat(refusal(() -> room.enter("Bob")))
                .isEqualTo("'name' is one visitor too many; come back when somebody has left");
        visits.getFirst().close();
        Async.sleep(AWAY);
        visits.set(0, room.enter("Bob"));
        visits.forEach(ChatRoom.Visit::close);
        everybodyHasLeft();
    }

    @LoopTest
    void takesNamesOfAllLanguages() {
        for (String name : List.of("Ada", "Jean-Luc", "O'Neill", "李明", "Zoë 2", "हिन्दी", "a".repeat(24))) {
            try (var visit = room.enter(name)) {
                assertThat(visit.welcome().name()).isEqualTo(name);
            }
            everybodyHasLeft();
        }
    }

    @LoopTest
    void refusesWhatIsNoName() {
        for (String name : List.of("", "  ", "<b>Ada</b>", "-", "Ada\nBob", "Ada\u202eBob", "a".repeat(25))) {
            assertThat(refusal(() -> room.enter(name))).startsWith("'name' is no name; use up to 24 letters");
        }
        assertThat(refusal(() -> room.enter(null))).startsWith("'name' is no name");
    }

    @LoopTest
    void limitsWhatIsSaid() {
        try (var ada = room.enter("Ada")) {
            ada.say("a".repeat(ChatRoom.MAX_TEXT));
            assertThat(refusal(() -> ada.say("a".repeat(ChatRoom.MAX_TEXT + 1))))
                    .isEqualTo("'text' has 501 characters; say it in at most 500");
            assertThat(refusal(() -> ada.say(" \n "))).isEqualTo("'text' is empty; say something");
            assertThat(ada.welcome().history()).hasSize(1);
        }
        everybodyHasLeft();
    }

    /** A reason of a close frame has room for 123 bytes. */
    @LoopTest
    void saysItShortlyEnoughForACloseFrame() {
        assertThat(refusal(() -> room.enter("")).getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(123);
    }

    private static void everybodyHasLeft() {
        Async.sleep(AWAY);
    }

    private static List<String> news(ChatRoom.Visit visit) {
        Subscription<ChatLine> lines = visit.lines();
        List<String> news = new ArrayList<>();
        for (ChatLine line = lines.tryReceive(); line != null; line = lines.tryReceive()) {
            news.add(line.kind() + " " + line.name() + " " + line.text());
        }
        return news;
    }

    private static String refusal(Runnable action) {
        return assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(action::run)
                .actual()
                .getBody()
                .getDetail();
    }
}
