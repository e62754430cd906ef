# Run by the build with -D PARSER=<generated parser>. One token of look-ahead must decide everywhere: where it does
# not, ANTLR generates a call of adaptivePredict, which is slow in a cold process and hides an ambiguity.
file(STRINGS ${PARSER} calls REGEX "adaptivePredict")
if(calls)
    message(FATAL_ERROR "Dunlin.g4 needs more than one token of look-ahead:\n${calls}")
endif()
