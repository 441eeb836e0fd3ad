package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of WHATWG's specification of server-sent events, and its rules. */
class EventParserTest {

    private static List<ServerSentEvent> parse(String stream) {
        return parse(new EventParser(), stream);
    }

    private static List<ServerSentEvent> parse(EventParser parser, String stream) {
        LineReader lines = new LineReader(new StringReader(stream), 1000);
        List<ServerSentEvent> events = new ArrayList<>();
        try {
            String line;
            while ((line = lines.next()) != null) {
                ServerSentEvent event = parser.take(line);
                if (event != null) {
                    events.add(event);
                }
            }
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
        return events;
    }

    private static ServerSentEvent message(String id, String data) {
        return new ServerSentEvent(id, "message", data, null);
    }

    @Test
    void severalLinesOfDataAreOne() {
        assertThat(parse("data: YHOO\ndata: +2\ndata: 10\n\n")).containsExactly(message("", "YHOO\n+2\n10"));
    }

    @Test
    void commentsAndIdsAreUnderstood() {
        assertThat(parse(
                        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"))
                .containsExactly(message("1", "first event"), message("", "second event"), message("", " third event"));
    }

    @Test
    void emptyDataIsDataAndAnIncompleteEventIsNone() {
        assertThat(parse("data\n\ndata\ndata\n\ndata:")).containsExactly(message("", ""), message("", "\n"));
    }

    @Test
    void oneSpaceAfterTheColonIsLeftOut() {
        assertThat(parse("data:test\n\ndata: test\n\n")).containsExactly(message("", "test"), message("", "test"));
    }

    @Test
    void anEventWithoutDataIsNoneButItsIdCounts() {
        assertThat(parse("event: a\nid: 7\n\ndata: b\n\n")).containsExactly(message("7", "b"));
    }

    @Test
    void typeAndRetryBelongToOneEvent() {
        assertThat(parse("event: add\nretry: 1500\ndata: 1\n\ndata: 2\n\n"))
                .containsExactly(new ServerSentEvent("", "add", "1", Duration.ofMillis(1500)), message("", "2"));
    }

    @Test
    void whatIsNoNumberOrHasANulIsIgnored() {
        assertThat(parse("retry: soon\nid: a\ndata: 1\n\nretry:\nid: b\0c\ndata: 2\n\nDATA: 3\nother: 4\n\n"))
                .containsExactly(message("a", "1"), message("a", "2"));
    }

    @Test
    void linesEndInAnyWay() {
        assertThat(parse("data: 1\r\rdata: 2\r\n\r\ndata: 3\n\r\ndata: 4\r\n\n"))
                .containsExactly(message("", "1"), message("", "2"), message("", "3"), message("", "4"));
    }

    @Test
    void anIdThatNoHeaderCanCarryIsNone() {
        assertThat(parse("id: a\ndata: 1\n\nid: b\u000bc\ndata: 2\n\nid: \u00e4\t\ndata: 3\n\n"))
                .extracting(ServerSentEvent::id)
                .containsExactly("a", "a", "\u00e4\t");
    }

    @Test
    void theIdOfAnEventThatDoesNotBecomeCompleteIsForgotten() {
        EventParser parser = new EventParser();
        assertThat(parse(parser, "id: 1\ndata: a\n\nid: 2\ndata: b\n")).containsExactly(message("1", "a"));
        assertThat(parser.lastId()).isEqualTo("1");
        parser.forgetIncomplete();
        assertThat(parse(parser, "data: c\n\n")).containsExactly(message("1", "c"));
        assertThat(parse(parser, "id: 3\n\n")).isEmpty();
        parser.forgetIncomplete();
        assertThat(parser.lastId()).isEqualTo("3");
    }
}
