package dev.asyncloop.spring.web.parity;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;

record Person(@NotBlank String name, @Max(150) int age) {

    static final Person ADA = new Person("Ada", 36);

    static final Person GRACE = new Person("Grace", 85);
}
