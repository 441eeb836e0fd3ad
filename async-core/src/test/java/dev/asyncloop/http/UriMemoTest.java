package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UriMemoTest {

    private final UriMemo memo = new UriMemo();

    private final List<String> made = new ArrayList<>();

    private URI get(String text) {
        return memo.get(text, given -> {
            made.add(given);
            return URI.create(given);
        });
    }

    @Test
    void aUrlIsMadeOnce() {
        URI first = get("http://h/a");

        assertThat(get(new String("http://h/a".toCharArray()))).isSameAs(first).hasToString("http://h/a");
        assertThat(made).containsExactly("http://h/a");
    }

    @Test
    void amongManyEachIsItsOwn() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 2_000; i++) {
                assertThat(get("http://h/" + i)).hasToString("http://h/" + i);
            }
        }
        assertThat(made).as("fewer are remembered").hasSizeGreaterThan(2_000);
    }

    @Test
    void textsWithTheSameHashAreTwo() {
        assertThat("http://h/Aa").hasSameHashCodeAs("http://h/BB");
        assertThat(get("http://h/Aa")).hasToString("http://h/Aa");
        assertThat(get("http://h/BB")).hasToString("http://h/BB");
        assertThat(get("http://h/Aa")).hasToString("http://h/Aa");
    }

    @Test
    void aFailureIsNotRemembered() {
        for (int i = 0; i < 2; i++) {
            assertThatIllegalArgumentException().isThrownBy(() -> get("http://h/ "));
        }
        assertThat(made).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://me:secret@h/", "http://token@h/"})
    void credentialsAreNotRemembered(String url) {
        assertThat(get(url)).isNotSameAs(get(url));
        assertThat(made).hasSize(2);
    }

    @Test
    void aLongOneIsNotRemembered() {
        String url = "http://h/" + "x".repeat(1_000);

        assertThat(get(url)).isNotSameAs(get(url)).hasToString(url);
    }
}
