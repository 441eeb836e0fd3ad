package dev.asyncloop.demo;

import dev.asyncloop.Async;
import dev.asyncloop.IOLoop;
import dev.asyncloop.channel.Subscription;
import dev.asyncloop.channel.Topic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * A room to talk in: who is here, and what was said last. Plain collections and no lock, as in {@link StatusBoard}.
 *
 * <p>A name is no account: who comes twice under one name is one guest with two connections.
 */
@Service
class ChatRoom {

    static final int MAX_TEXT = 500;

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N} ._'-]{0,23}");

    /** How many connections each guest has. */
    private final Map<String, Integer> here = new LinkedHashMap<>();

    private final Deque<ChatLine> history = new ArrayDeque<>();

    private final Topic<ChatLine> news = Topic.create();

    private final IOLoop loop;

    private final ChatProperties properties;

    private int visits;

    private long lastId;

    ChatRoom(IOLoop loop, ChatProperties properties) {
        this.loop = loop;
        this.properties = properties;
    }

    /**
     * Lets somebody in. The others are told, unless there is a guest of that name already.
     * @throws InvalidInputException if the name is none, or the room is full
     */
    Visit enter(@Nullable String name) {
        String guest = validName(name);
        if (visits == properties.maxVisits()) {
            throw new InvalidInputException("name", "is one visitor too many", "come back when somebody has left");
        }
        visits++;
        if (here.merge(guest, 1, Integer::sum) == 1) {
            tell(ChatLine.Kind.JOINED, guest, "");
        }
        return new Visit(guest, news.subscribe());
    }

    private void leave(String guest) {
        visits--;
        if (here.merge(guest, -1, Integer::sum) == 0) {
            here.remove(guest);
            tell(ChatLine.Kind.LEFT, guest, "");
        }
    }

    private ChatLine tell(ChatLine.Kind kind, String guest, String text) {
        ChatLine line = new ChatLine(++lastId, loop.clock().instant().toEpochMilli(), kind, guest, text);
        news.publish(line);
        return line;
    }

    private static String validName(@Nullable String name) {
        String stripped = name == null ? "" : name.strip();
        if (!NAME.matcher(stripped).matches()) {
            throw new InvalidInputException(
                    "name", "is no name", "use up to 24 letters, digits, spaces and . _ ' -, a letter or digit first");
        }
        return stripped;
    }

    private static String validText(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            throw new InvalidInputException("text", "is empty", "say something");
        }
        if (stripped.length() > MAX_TEXT) {
            throw new InvalidInputException(
                    "text", "has " + stripped.length() + " characters", "say it in at most " + MAX_TEXT);
        }
        return stripped;
    }

    /** A guest's connection. Close it: that is how the guest leaves. */
    final class Visit implements AutoCloseable {

        private final String guest;

        private final Subscription<ChatLine> lines;

        private Visit(String guest, Subscription<ChatLine> lines) {
            this.guest = guest;
            this.lines = lines;
        }

        /** Returns what there is to know at the beginning. */
        Welcome welcome() {
            return new Welcome(guest, List.copyOf(here.keySet()), List.copyOf(history));
        }

        /** Returns what has happened since. */
        Subscription<ChatLine> lines() {
            return lines;
        }

        /**
         * Says something to everybody, and then waits for a moment, so that nobody talks without end.
         * @throws InvalidInputException if it is nothing, or too long
         */
        void say(String text) {
            ChatLine line = tell(ChatLine.Kind.SAID, guest, validText(text));
            if (history.size() == properties.historySize()) {
                history.removeFirst();
            }
            history.addLast(line);
            Async.sleep(properties.pace());
        }

        /** Leaves, but a little later: who has only lost the connection will be back by then, and nobody needs to hear of it. */
        @Override
        public void close() {
            lines.close();
            loop.callLater(properties.away(), () -> leave(guest));
        }
    }

    /**
     * What a guest is told first.
     *
     * @param name the guest's name
     * @param here the names of all guests, in the order in which they came
     * @param history the newest messages, oldest first
     */
    record Welcome(String name, List<String> here, List<ChatLine> history) {}
}
