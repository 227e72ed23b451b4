{% set part = cookiecutter.__part %}
{% include cookiecutter.kind ~ ".py" %}
