package dev.asyncloop.websocket;

import java.util.Arrays;
import java.util.Objects;

/** What is sent and received as one piece over a {@link WebSocket}: a text or bytes. */
public sealed interface Message {

    /** Makes a text message. */
    static Message of(String text) {
        return new Text(text);
    }

    /** Makes a binary message of these bytes, which are not copied. */
    static Message of(byte[] bytes) {
        return new Binary(bytes);
    }

    /** Returns about how many bytes the content has. */
    int size();

    /**
     * A text message.
     *
     * @param text the content
     */
    record Text(String text) implements Message {

        public Text {
            Objects.requireNonNull(text, "null is no message; to say that no more come, close the WebSocket");
        }

        @Override
        public int size() {
            return text.length();
        }
    }

    /**
     * A binary message. Equal to another one with the same bytes.
     *
     * @param bytes the content, not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // not copied on purpose: messages may be large
    record Binary(byte[] bytes) implements Message {

        public Binary {
            Objects.requireNonNull(bytes, "null is no message; to say that no more come, close the WebSocket");
        }

        @Override
        public int size() {
            return bytes.length;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Binary binary && Arrays.equals(bytes, binary.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "Binary[" + bytes.length + " bytes]";
        }
    }
}
