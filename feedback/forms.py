"""The questions of the survey."""

from django import forms

SCORES = ((1, "Very unhappy"), (2, "Unhappy"), (3, "So-so"), (4, "Happy"), (5, "Very happy"))
LIKELIHOODS = tuple((points, str(points)) for points in range(11))


class SurveyForm(forms.Form):
    """Satisfaction 1 to 5, recommendation 0 to 10 if they like, and words."""

    csat = forms.TypedChoiceField(
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose how satisfied you are.", "invalid_choice": "Please choose 1 to 5."},
    )
    nps = forms.TypedChoiceField(
        choices=LIKELIHOODS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Please choose 0 to 10."},
    )
    comment = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "aria-describedby": "comment_hint"}),
        error_messages={"max_length": "Please keep it below 2,000 characters; yours has %(show_value)d."},
    )
