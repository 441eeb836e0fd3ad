package dev.asyncloop.spring.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Is never started as a whole: its slice is tested. */
@SpringBootApplication
class BoardApplication {}
